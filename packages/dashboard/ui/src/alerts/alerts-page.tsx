import type { VNode } from 'preact';
import type { AlertsDocument } from '../../../src/protocol/alerts-document.ts';
import { number } from '../format/number.ts';
import { texts } from '../texts/texts.ts';
import { AlertList } from './alert-list.tsx';
import { ChannelList } from './channel-list.tsx';
import { DeliveryList } from './delivery-list.tsx';
import { NotSetUp } from './not-set-up.tsx';
import { RulesTable } from './rules-table.tsx';

/** What fires, by which rules, and where the messages go. */
export function AlertsPage({ document }: { readonly document: AlertsDocument }): VNode {
  const { alerts } = texts.value;
  return (
    <div class="page">
      <div class="detail-head">
        <h1>{alerts.title}</h1>
        {document.isSetUp && <span class="small dim">{alerts.inCode}</span>}
      </div>
      {document.isSetUp ? <Alerts document={document} /> : <NotSetUp />}
    </div>
  );
}

function Alerts({
  document: { firing, pending, muted, rules, channels, deliveries },
}: {
  readonly document: AlertsDocument;
}): VNode {
  const { alerts } = texts.value;
  return (
    <div class="alert-cols">
      <div class="stack-lg">
        <section class="card" aria-labelledby="alerts-firing">
          <h2 id="alerts-firing" class={firing.length > 0 ? 'tone-bad' : ''}>
            {alerts.firing}
            <span class="count num">{number(firing.length)}</span>
          </h2>
          <AlertList alerts={firing} ifEmpty={alerts.noneFiring} />
        </section>
        <section class="card" aria-labelledby="alerts-pending">
          <h2 id="alerts-pending">
            {alerts.pending}
            <span class="count num">{number(pending.length)}</span>
          </h2>
          <AlertList alerts={pending} ifEmpty={alerts.nonePending} />
        </section>
        {muted.length > 0 && (
          <section class="card" aria-labelledby="alerts-muted">
            <h2 id="alerts-muted">
              {alerts.muted}
              <span class="count num">{number(muted.length)}</span>
            </h2>
            <AlertList alerts={muted} ifEmpty="" />
          </section>
        )}
        <RulesTable rules={rules} />
      </div>
      <div class="stack-lg">
        <ChannelList channels={channels} />
        <DeliveryList deliveries={deliveries} />
      </div>
    </div>
  );
}
