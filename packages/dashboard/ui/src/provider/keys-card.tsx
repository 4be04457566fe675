import type { VNode } from 'preact';
import { keyStates, type KeyUiState } from '../../../src/protocol/key-row.ts';
import type { ProviderDocument } from '../../../src/protocol/provider-document.ts';
import { sortings, type ProviderView, type Sorting } from '../../../src/protocol/view.ts';
import { number } from '../format/number.ts';
import { Pager } from '../parts/pager.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { StateCounts } from '../parts/state-counts.tsx';
import { Swarm } from '../parts/swarm.tsx';
import { go } from '../state/view.ts';
import { texts } from '../texts/texts.ts';
import { KeysTable } from './keys-table.tsx';
import { sortBy } from './sort-button.tsx';

/** So many keys in a row of the swarm, that its marks stay apart and 10,000 keys are not too high. */
const swarmRow = (keys: number) => (keys > 1000 ? 200 : 100);

interface KeysCardProps {
  readonly document: ProviderDocument;
  readonly view: ProviderView;
}

/** The keys with their limits. Many keys have a search, a filter and pages. */
export function KeysCard({ document, view }: KeysCardProps): VNode {
  const { keys, counts, swarm } = document;
  const { provider } = texts.value;
  return (
    <section class="card keys-card" aria-labelledby="provider-keys">
      <header>
        <h2 id="provider-keys">{provider.keys}</h2>
        {swarm && <KeyTools document={document} view={view} />}
      </header>
      {swarm && (
        <div class="swarm-row">
          <Swarm swarm={swarm} keys={keys} perRow={swarmRow(keys)} />
          <StateCounts counts={counts} />
        </div>
      )}
      {document.rows.order.length > 0 ? <KeysTable document={document} view={view} /> : <NoRows document={document} />}
      {swarm && (
        <Pager
          label={provider.keys}
          count={document.matches}
          shown={document.keyPage}
          onChoose={(page) => go({ keyPage: page })}
        />
      )}
    </section>
  );
}

function KeyTools({ document: { keys, counts }, view }: KeysCardProps): VNode {
  const { provider, states, columns } = texts.value;
  return (
    <div class="tools">
      <SearchField label={provider.search} value={view.search} onSearch={(search) => go({ search, keyPage: 1 })} />
      <label class="select-host">
        <span class="sr">{columns.state}</span>
        <select
          class="select"
          value={view.state}
          onChange={({ currentTarget }) => go({ state: currentTarget.value as KeyUiState | '', keyPage: 1 })}
        >
          <option value="">{provider.allStates(number(keys))}</option>
          {keyStates.map((state) => (
            <option key={state} value={state}>
              {`${states[state]} (${number(counts[state])})`}
            </option>
          ))}
        </select>
      </label>
      {/* Where the rows are cards, there are no headers to sort by. */}
      <label class="select-host sort-select">
        <span class="sr">{provider.sortBy}</span>
        <select
          class="select"
          value={view.sort}
          onChange={({ currentTarget }) => sortBy(currentTarget.value as Sorting)}
        >
          {sortings.map((sorting) => (
            <option key={sorting} value={sorting}>
              {provider.sortings[sorting]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function NoRows({ document: { keys } }: { readonly document: ProviderDocument }): VNode {
  const { provider } = texts.value;
  if (keys === 0) return <p class="none">{provider.noKeys}</p>;
  return (
    <p class="none">
      {provider.noMatch}
      <button type="button" class="btn btn-sm" onClick={() => go({ search: '', state: '', keyPage: 1 })}>
        {provider.clear}
      </button>
    </p>
  );
}
