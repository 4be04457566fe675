import type { VNode } from 'preact';
import type { AlertsDocument } from '../../../src/protocol/alerts-document.ts';
import { milliseconds } from '../format/duration.ts';
import { isolated } from '../format/isolated.ts';
import { number } from '../format/number.ts';
import { Ago } from '../parts/countdown.tsx';
import { Icon } from '../parts/icon.tsx';
import { texts } from '../texts/texts.ts';

type DeliveryView = AlertsDocument['deliveries'][number];

/** The last messages, and whether they have arrived. */
export function DeliveryList({ deliveries }: { readonly deliveries: readonly DeliveryView[] }): VNode {
  const { alerts } = texts.value;
  return (
    <section class="card" aria-labelledby="alerts-deliveries">
      <h2 id="alerts-deliveries">{alerts.deliveries}</h2>
      {deliveries.length === 0 ? (
        <p class="none none-small">{alerts.noDeliveries}</p>
      ) : (
        <ol class="alerts deliveries">
          {deliveries.map((delivery) => (
            <Delivery key={`${delivery.channel} ${delivery.atMs} ${delivery.displayName}`} delivery={delivery} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Delivery({ delivery }: { readonly delivery: DeliveryView }): VNode {
  const { alerts } = texts.value;
  const { channel, atMs, durationMs, tries, isDelivered, kind, displayName, error } = delivery;
  const parts = [channel, ...(tries > 1 ? [alerts.tries(tries, number(tries))] : [])];
  const outcome = isDelivered ? [milliseconds(durationMs)] : [alerts.notDelivered, error ?? ''];
  return (
    <li class="delivery">
      <span class={`feed-icon tone-${isDelivered ? 'ok' : 'warn'}`}>
        <Icon name={isDelivered ? 'check' : 'cross'} />
      </span>
      <span class="alert-main">
        <span class="alert-title">{alerts.about(isolated(displayName), alerts.kinds[kind] ?? kind)}</span>
        <span class="small dim num">{[...parts, ...outcome].filter((part) => part !== '').join(' · ')}</span>
      </span>
      <span class="small dim num">
        <Ago atMs={atMs} />
      </span>
    </li>
  );
}
