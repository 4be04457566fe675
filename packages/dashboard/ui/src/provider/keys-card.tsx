import type { VNode } from 'preact';
import { keyStates, type KeyUiState } from '../../../src/protocol/key-row.ts';
import type { ProviderDocument } from '../../../src/protocol/provider-document.ts';
import { sortings, type ProviderView, type Sorting } from '../../../src/protocol/view.ts';
import { number } from '../format/number.ts';
import { SearchField } from '../parts/search-field.tsx';
import { StateCounts } from '../parts/state-counts.tsx';
import { Swarm } from '../parts/swarm.tsx';
import { go } from '../state/view.ts';
import { texts } from '../texts/texts.ts';
import { KeysTable } from './keys-table.tsx';
import { sortBy } from './sort-button.tsx';

const pageLength = 20;
/** So many keys in a row of the swarm, that its marks stay apart and 10,000 keys are not too high. */
const swarmRow = (keys: number) => (keys > 1000 ? 200 : 100);

interface KeysCardProps {
  readonly document: ProviderDocument;
  readonly view: ProviderView;
}

/** The keys with their limits. Many keys have a search, a filter and pages. */
export function KeysCard({ document, view }: KeysCardProps): VNode {
  const { keys, counts, swarm } = document;
  return (
    <section class="card keys-card" aria-labelledby="provider-keys">
      <header>
        <h2 id="provider-keys">{texts.value.provider.keys}</h2>
        {swarm && <KeyTools document={document} view={view} />}
      </header>
      {swarm && (
        <div class="swarm-row">
          <Swarm swarm={swarm} keys={keys} perRow={swarmRow(keys)} />
          <StateCounts counts={counts} />
        </div>
      )}
      {document.rows.order.length > 0 ? <KeysTable document={document} view={view} /> : <NoRows document={document} />}
      {swarm && <Pager document={document} />}
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

function Pager({ document: { matches, keyPage } }: { readonly document: ProviderDocument }): VNode {
  const { range, previous, following } = texts.value;
  const first = Math.min((keyPage - 1) * pageLength + 1, matches);
  const last = Math.min(keyPage * pageLength, matches);
  return (
    <nav class="pager" aria-labelledby="provider-keys">
      <span class="small dim num">{range(number(first), number(last), number(matches))}</span>
      <span class="join">
        <button type="button" class="btn btn-sm" disabled={keyPage <= 1} onClick={() => go({ keyPage: keyPage - 1 })}>
          {previous}
        </button>
        <button
          type="button"
          class="btn btn-sm"
          disabled={last >= matches}
          onClick={() => go({ keyPage: keyPage + 1 })}
        >
          {following}
        </button>
      </span>
    </nav>
  );
}
