import type { VNode } from 'preact';
import type { KeyRow } from '../../../src/protocol/key-row.ts';
import { countdown, past } from '../format/duration.ts';
import { number } from '../format/number.ts';
import { nowMs } from '../state/clock.ts';
import { texts } from '../texts/texts.ts';
import { Icon } from './icon.tsx';
import { toneOf } from './state-icon.tsx';

/** The state of a key, why, whether it is next, and until when. */
export function StateText({ row }: { readonly row: KeyRow }): VNode {
  const why = reasonOf(row);
  return (
    <span class="state">
      <span class="state-line">
        <span class={`state-name tone-${toneOf(row.state)}`}>
          {texts.value.states[row.state]}
          {why !== '' && (
            <span class="state-why">
              {' '}
              · <bdi>{why}</bdi>
            </span>
          )}
        </span>
        {row.isNext && (
          <span class="tag tag-next">
            <Icon name="next" />
            {texts.value.next}
          </span>
        )}
      </span>
      <Until row={row} />
    </span>
  );
}

/** The only part of a row that a tick of the clock changes. */
function Until({ row }: { readonly row: KeyRow }): VNode {
  const text = untilText(row, nowMs.value);
  return (
    <span class="state-until" title={text}>
      {text}
    </span>
  );
}

/** `back in 1 m 31 s`, `3 running` … */
export function untilText(row: KeyRow, now: number): string {
  const { until, notUsed, running, used } = texts.value;
  const left = row.untilMs === undefined ? undefined : countdown(row.untilMs - now);
  switch (row.state) {
    case 'refused':
      return left === undefined ? until.refused : `${until.refused} (${until.refusedRetry(left)})`;
    case 'off':
    case 'recovering':
      return until[row.state];
    case 'suspect':
      return left === undefined ? until.last : until.suspect(left);
    case 'cooling':
    case 'full':
      return left === undefined ? until.unknown : until[row.state](left);
    case 'healthy':
      if (row.running > 0) return running(number(row.running));
      return row.lastUsedAtMs === undefined ? notUsed : used(past(now - row.lastUsedAtMs));
  }
}

/** The reason where the state alone does not say it. */
function reasonOf({ state, reason, actor }: KeyRow): string {
  if (state === 'refused' || state === 'full' || reason === undefined) return '';
  if (reason === 'operator') return actor ?? texts.value.byOperator;
  return (texts.value.verdicts as Readonly<Record<string, string>>)[reason] ?? reason;
}
