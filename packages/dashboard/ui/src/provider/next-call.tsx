import type { VNode } from 'preact';
import type { KeyUiState } from '../../../src/protocol/key-row.ts';
import type { NextView, ProviderDocument } from '../../../src/protocol/provider-document.ts';
import { countdown } from '../format/duration.ts';
import { number } from '../format/number.ts';
import { Countdown } from '../parts/countdown.tsx';
import { Icon } from '../parts/icon.tsx';
import { toneOf } from '../parts/state-icon.tsx';
import { nowMs } from '../state/clock.ts';
import { texts } from '../texts/texts.ts';

/** The table below has all of them. */
const mostPassedOver = 4;

/** The state that shows best why a key is at its place. */
const states: Readonly<Record<string, KeyUiState>> = {
  'may-be-full': 'full',
  full: 'full',
  limited: 'full',
  suspect: 'suspect',
  probed: 'recovering',
  cooling: 'cooling',
  disabled: 'off',
};

/** Which keys the next call tries, and why not the others. */
export function NextCall({ document }: { readonly document: ProviderDocument }): VNode {
  const { provider } = texts.value;
  const { first, more, passedOver, morePassedOver } = document.next;
  const shown = document.swarm ? passedOver.slice(0, mostPassedOver) : passedOver;
  const others = passedOver.length - shown.length + morePassedOver;
  return (
    <div class="order">
      <span class="dim">{first.length > 0 ? provider.nextCall : provider.nextNone}</span>
      {first.map((next, index) => (
        <span key={next.keyId} class="order-key">
          {index > 0 && <Icon name="next" />}
          <b>{next.label}</b>
          {next.reason !== 'ready' && <Place next={next} />}
        </span>
      ))}
      {more > 0 && <span class="dim small">{provider.more(number(more))}</span>}
      {passedOver.length > 0 && (
        <span class="order-rest small">
          <span class="dim">{provider.passedOver}</span>
          {shown.map((next) => (
            <PassedOver key={next.keyId} next={next} state={document.rows.rows[next.keyId]?.state} />
          ))}
          {others > 0 && <span class="dim">{provider.more(number(others))}</span>}
        </span>
      )}
      {document.preferred && <Preferred preferred={document.preferred} />}
    </div>
  );
}

function Place({ next }: { readonly next: NextView }): VNode {
  const state = states[next.reason];
  return <span class={`small tone-${state === undefined ? 'dim' : toneOf(state)}`}>{placeText(next)}</span>;
}

interface PassedOverProps {
  readonly next: NextView;
  /** Says more than the reason, if the row is known. */
  readonly state: KeyUiState | undefined;
}

function PassedOver({ next, state = states[next.reason] ?? 'off' }: PassedOverProps): VNode {
  const why = next.reason === 'disabled' ? texts.value.states[state] : placeText(next);
  return (
    <span class={`order-key tone-${toneOf(state)}`}>
      <Icon name={state} />
      <span>
        <b>{next.label}</b> {why}
        {next.availableAtMs !== undefined && (
          <span class="num">
            {', '}
            <Countdown untilMs={next.availableAtMs} />
          </span>
        )}
      </span>
    </span>
  );
}

/** Why a key is at its place in the order of the next call. */
export function placeText({ reason, limit }: NextView): string {
  const text = texts.value.provider.places[reason] ?? reason;
  return limit === undefined ? text : `${text} (${limit})`;
}

function Preferred({ preferred }: { readonly preferred: NonNullable<ProviderDocument['preferred']> }): VNode {
  const { provider } = texts.value;
  const { label, untilMs } = preferred;
  return (
    <span class="order-preferred small num">
      {untilMs === undefined
        ? provider.preferred(label)
        : provider.preferredUntil(label, countdown(untilMs - nowMs.value))}
    </span>
  );
}
