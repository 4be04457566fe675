import type { VNode } from 'preact';
import type { KeyRow } from '../../../src/protocol/key-row.ts';
import type { PoolName } from '../../../src/protocol/pool-head.ts';
import type { ProviderDocument } from '../../../src/protocol/provider-document.ts';
import type { ProviderView } from '../../../src/protocol/view.ts';
import { isolated } from '../format/isolated.ts';
import { number } from '../format/number.ts';
import { Ago } from '../parts/countdown.tsx';
import { KeyMenu } from '../parts/key-menu.tsx';
import { StateIcon } from '../parts/state-icon.tsx';
import { StateText } from '../parts/state-text.tsx';
import { link } from '../state/view.ts';
import { texts } from '../texts/texts.ts';
import { LimitList } from './limit-list.tsx';
import { SortButton, sortOf } from './sort-button.tsx';

interface KeysTableProps {
  readonly document: ProviderDocument;
  readonly view: ProviderView;
}

export function KeysTable({ document, view }: KeysTableProps): VNode {
  const { columns } = texts.value.provider;
  const { order, rows } = document.rows;
  return (
    <div class="scroll">
      <table class="table keys-table">
        <thead>
          <tr>
            <th scope="col" aria-sort={sortOf(view, 'label')}>
              <SortButton view={view} sorting="label" label={columns.key} />
            </th>
            <th scope="col" aria-sort={sortOf(view, 'state')}>
              <SortButton view={view} sorting="state" label={columns.state} />
            </th>
            <th scope="col" aria-sort={sortOf(view, 'limit')}>
              <SortButton view={view} sorting="limit" label={columns.limits} />
            </th>
            <th scope="col">{columns.lastFailure}</th>
            <th scope="col" class="r" aria-sort={sortOf(view, 'attempts', 'failed')}>
              <SortButton view={view} sorting="attempts" label={columns.attempts} />
              <SortButton view={view} sorting="failed" label={texts.value.provider.sortFailed} />
            </th>
            <th scope="col" class="r" aria-sort={sortOf(view, 'used')}>
              <SortButton view={view} sorting="used" label={columns.lastUsed} />
            </th>
            <th scope="col">
              <span class="sr">{columns.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {order.map((id) => {
            const row = rows[id];
            return row && <KeyTableRow key={id} row={row} pool={document} />;
          })}
        </tbody>
      </table>
    </div>
  );
}

function KeyTableRow({ row, pool }: { readonly row: KeyRow; readonly pool: PoolName }): VNode {
  const { running, failed, never } = texts.value;
  const { keyId, label, masked, group, state, limits = [], lastError, attempts, lastUsedAtMs } = row;
  return (
    <tr class={`is-${state}`}>
      <th scope="row">
        <span class="name">
          <a href={link({ key: keyId })} data-key={keyId}>
            {label}
          </a>
        </span>
        <span class="mono dim">{group === undefined ? masked : `${masked} · ${isolated(group)}`}</span>
      </th>
      <td>
        <span class="td-state">
          <StateIcon state={state} />
          <StateText row={row} />
        </span>
      </td>
      <td class="td-limits">
        <LimitList limits={limits} />
      </td>
      <td class={lastError ? 'td-last' : 'td-last none-failed'}>
        {lastError ? (
          <span class="two-lines">
            <span class="mono clip" title={lastError.reason}>
              {lastError.reason}
            </span>
            <span class="small dim clip" title={lastError.message}>
              <Ago atMs={lastError.atMs} /> · <bdi>{lastError.message}</bdi>
            </span>
          </span>
        ) : (
          <span class="dim">–</span>
        )}
      </td>
      <td class="num r">
        <span class="two-lines">
          {number(attempts)}
          <span class="small dim">{failed(number(row.failed))}</span>
        </span>
      </td>
      <td class="num r">
        <span class="two-lines">
          {lastUsedAtMs === undefined ? <span class="dim">{never}</span> : <Ago atMs={lastUsedAtMs} />}
          {row.running > 0 && <span class="small dim">{running(number(row.running))}</span>}
        </span>
      </td>
      <td class="r">
        <KeyMenu row={row} pool={pool} />
      </td>
    </tr>
  );
}
