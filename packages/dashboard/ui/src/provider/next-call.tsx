import type { VNode } from 'preact';
import type { NextView, ProviderDocument } from '../../../src/protocol/provider-document.ts';
import { countdown } from '../format/duration.ts';
import { isolated } from '../format/isolated.ts';
import { number } from '../format/number.ts';
import { Countdown } from '../parts/countdown.tsx';
import { Icon } from '../parts/icon.tsx';
import { toneOf } from '../parts/state-icon.tsx';
import { nowMs } from '../state/clock.ts';
import { texts } from '../texts/texts.ts';

/** The table below has all of them. */
const mostPassedOver = 4;

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
          <b dir="auto">{next.label}</b>
          {next.reason !== 'ready' && <Place next={next} />}
        </span>
      ))}
      {more > 0 && <span class="dim small">{provider.more(number(more))}</span>}
      {passedOver.length > 0 && (
        <span class="order-rest small">
          <span class="dim">{provider.passedOver}</span>
          {shown.map((next) => (
            <PassedOver key={next.keyId} next={next} />
          ))}
          {others > 0 && <span class="dim">{provider.more(number(others))}</span>}
        </span>
      )}
      {document.preferred && <Preferred preferred={document.preferred} />}
    </div>
  );
}

function Place({ next }: { readonly next: NextView }): VNode {
  const tone = next.state === 'healthy' ? 'dim' : toneOf(next.state);
  return <span class={`small tone-${tone}`}>{placeText(next)}</span>;
}

function PassedOver({ next }: { readonly next: NextView }): VNode {
  const { state } = next;
  const why = next.reason === 'disabled' ? texts.value.states[state] : placeText(next);
  return (
    <span class={`order-key tone-${toneOf(state)}`}>
      <Icon name={state} />
      <span>
        <b dir="auto">{next.label}</b> {why}
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
  const { untilMs } = preferred;
  const label = isolated(preferred.label);
  return (
    <span class="order-preferred small num">
      {untilMs === undefined
        ? provider.preferred(label)
        : provider.preferredUntil(label, countdown(untilMs - nowMs.value))}
    </span>
  );
}
