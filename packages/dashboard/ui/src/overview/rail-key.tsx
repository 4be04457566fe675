import type { VNode } from 'preact';
import type { RailKey as Key, RailPool as Pool } from '../../../src/protocol/overview-document.ts';
import { keyStates } from '../../../src/protocol/key-row.ts';
import { start } from '../actions/key-action.ts';
import { past } from '../format/duration.ts';
import { isolated } from '../format/isolated.ts';
import { number } from '../format/number.ts';
import { clockTime } from '../format/time.ts';
import { Countdown } from '../parts/countdown.tsx';
import { StateIcon } from '../parts/state-icon.tsx';
import { nowMs } from '../state/clock.ts';
import { canAct, isReadOnly } from '../state/page.ts';
import { link } from '../state/view.ts';
import { texts } from '../texts/texts.ts';

const hourMs = 3_600_000;

/** A key that comes back by itself, or that needs attention. */
export function RailKey({ item }: { readonly item: Key }): VNode {
  const { provider, pool, keyId, label, displayName, untilMs } = item;
  return (
    <li class="rail-item rail-key">
      <StateIcon state={item.state} />
      <span class="rail-main">
        <span class="rail-title">
          <a href={link({ page: 'provider', provider, pool, key: keyId })}>{label}</a>
        </span>
        <span class="small dim">
          <bdi>{displayName}</bdi> · <Why item={item} />
        </span>
      </span>
      {item.state === 'refused' ? <EnableButton item={item} /> : <When state={item.state} untilMs={untilMs} />}
    </li>
  );
}

function Why({ item: { state, reason, sinceMs } }: { readonly item: Key }): VNode {
  const { states, verdicts, overview } = texts.value;
  if (state !== 'refused')
    return <span>{(verdicts as Readonly<Record<string, string>>)[reason ?? ''] ?? states[state]}</span>;
  if (sinceMs === undefined) return <span>{states.refused.toLowerCase()}</span>;
  return <span>{overview.refusedAgo(past(nowMs.value - sinceMs))}</span>;
}

function EnableButton({ item }: { readonly item: Key }): VNode | null {
  const { enable } = texts.value.actions;
  if (isReadOnly.value) return null;
  const { provider, pool, displayName, ...target } = item;
  return (
    <button
      type="button"
      class="btn btn-sm"
      disabled={!canAct.value}
      aria-label={`${enable} ${item.label}…`}
      onClick={({ currentTarget }) =>
        start('enable', { ...target, pool: { provider, pool, displayName } }, currentTarget)
      }
    >
      {enable}…
    </button>
  );
}

function When({ state, untilMs }: { readonly state: Key['state']; readonly untilMs: number | undefined }): VNode {
  if (untilMs === undefined) {
    return <span class="rail-when small dim">{state === 'recovering' ? texts.value.now : ''}</span>;
  }
  return (
    <span class="rail-when num">
      <b>
        <Countdown untilMs={untilMs} />
      </b>
      <span class="small dim">
        <BackAt untilMs={untilMs} />
      </span>
    </span>
  );
}

/** Seconds matter only when it is soon. */
function BackAt({ untilMs }: { readonly untilMs: number }): VNode {
  return <span>{clockTime(untilMs, untilMs - nowMs.value < hourMs)}</span>;
}

/** A big pool is one line: its keys come back one after the other. */
export function RailPool({ item }: { readonly item: Pool }): VNode {
  const { provider, pool, displayName, count, counts, firstBackAtMs } = item;
  const { states, overview } = texts.value;
  const parts = keyStates
    .filter((state) => (counts[state] ?? 0) > 0)
    .map((state) => `${number(counts[state] ?? 0)} ${states[state].toLowerCase()}`);
  return (
    <li class="rail-item">
      <StateIcon state="cooling" />
      <span class="rail-main">
        <span class="rail-title">
          <a href={link({ page: 'provider', provider, pool })}>{overview.poolKeys(isolated(displayName), count)}</a>
        </span>
        <span class="small dim">{parts.join(', ')}</span>
      </span>
      {firstBackAtMs !== undefined && (
        <span class="rail-when num">
          <b>
            <Countdown untilMs={firstBackAtMs} />
          </b>
          <span class="small dim">{overview.first}</span>
        </span>
      )}
    </li>
  );
}
