import type { VNode } from 'preact';
import type { OverviewDocument } from '../../../src/protocol/overview-document.ts';
import { pageLength } from '../../../src/protocol/view.ts';
import { clockTime } from '../format/time.ts';
import { Pager } from '../parts/pager.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { nowMs } from '../state/clock.ts';
import { go, view } from '../state/view.ts';
import { texts } from '../texts/texts.ts';
import { PoolBoard } from './pool-board.tsx';

/** All keys of all pools on one time axis. */
export function Board({ overview }: { readonly overview: OverviewDocument }): VNode {
  const { pools, poolCount, poolPage } = overview;
  const words = texts.value.overview;
  const search = view.value.page === 'overview' ? view.value.search : '';
  const hasPages = poolCount > pageLength || poolPage > 1;
  return (
    <div class="board card">
      {(hasPages || search !== '') && (
        <div class="filters">
          <SearchField label={words.search} value={search} onSearch={(text) => go({ search: text, poolPage: 1 })} />
        </div>
      )}
      <LaneHead />
      {pools.order.map((id) => {
        const section = pools.rows[id];
        return section && <PoolBoard key={id} id={id} section={section} />;
      })}
      {pools.order.length === 0 && <p class="none">{words.noMatch}</p>}
      {hasPages && (
        <Pager label={words.pools} count={poolCount} shown={poolPage} onChoose={(page) => go({ poolPage: page })} />
      )}
      <p class="legend small dim">{words.legend}</p>
    </div>
  );
}

function LaneHead(): VNode {
  const { columns, overview } = texts.value;
  return (
    <div class="lane-head" aria-hidden="true">
      <span class="c-icon" />
      <span class="c-key">{columns.key}</span>
      <span class="c-state">{columns.state}</span>
      <span class="c-lane axis">
        <span class="tick tick-60">{overview.minutesAgo(60)}</span>
        <span class="tick tick-30">−30</span>
        <span class="tick tick-now">
          <Now />
        </span>
        <span class="tick tick-ahead">+15</span>
      </span>
      <span class="c-calls">{columns.attempts}</span>
      <span class="c-limit">{columns.limit}</span>
      <span class="c-menu" />
    </div>
  );
}

function Now(): VNode {
  return <span>{clockTime(nowMs.value)}</span>;
}
