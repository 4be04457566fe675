import type { VNode } from 'preact';
import type { AlertsDocument } from '../../../src/protocol/alerts-document.ts';
import { milliseconds, past } from '../format/duration.ts';
import { number } from '../format/number.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import type { Tone } from '../parts/state-icon.tsx';
import { nowMs } from '../state/clock.ts';
import { canAct, isReadOnly } from '../state/page.ts';
import { texts } from '../texts/texts.ts';
import { sendTest, testing } from './send-test.ts';

type ChannelView = AlertsDocument['channels'][number];

const looks: Readonly<Record<ChannelView['state'], { readonly icon: IconName; readonly tone: Tone }>> = {
  working: { icon: 'healthy', tone: 'ok' },
  failing: { icon: 'suspect', tone: 'warn' },
  stopped: { icon: 'refused', tone: 'bad' },
};

export function ChannelList({ channels }: { readonly channels: readonly ChannelView[] }): VNode {
  return (
    <section class="card" aria-labelledby="alerts-channels">
      <h2 id="alerts-channels">{texts.value.alerts.channels}</h2>
      <ul class="alerts">
        {channels.map((channel) => (
          <ChannelRow key={channel.channel} view={channel} />
        ))}
      </ul>
    </section>
  );
}

function ChannelRow({ view }: { readonly view: ChannelView }): VNode {
  const { icon, tone } = looks[view.state];
  return (
    <li class="alert-row">
      <span class={`tile tone-${tone}`}>
        <Icon name={icon} />
      </span>
      <span class="alert-main">
        <b class="alert-title">{view.channel}</b>
        <span class="small dim num">{channelText(view)}</span>
      </span>
      {!isReadOnly.value && <TestButton channel={view.channel} />}
    </li>
  );
}

function TestButton({ channel }: { readonly channel: string }): VNode {
  const { alerts } = texts.value;
  const isTesting = testing.value.has(channel);
  return (
    <button
      type="button"
      class="btn btn-sm test-channel"
      disabled={!canAct.value || isTesting}
      aria-label={alerts.testOf(channel)}
      onClick={() => void sendTest(channel)}
    >
      {isTesting ? alerts.testing : alerts.test}
    </button>
  );
}

function channelText({
  state,
  tries,
  lastError,
  lastDeliveredAtMs,
  lastDurationMs,
  waiting,
  lost,
}: ChannelView): string {
  const { alerts, ago } = texts.value;
  const parts = [
    ...(waiting > 0 ? [alerts.waiting(waiting, number(waiting))] : []),
    ...(lost > 0 ? [alerts.lost(lost, number(lost))] : []),
  ];
  if (state !== 'working') {
    const what = state === 'stopped' ? alerts.stopped : alerts.failing(number(tries ?? 1));
    return [lastError === undefined ? what : `${what}: ${lastError.message}`, ...parts].join(' · ');
  }
  if (lastDeliveredAtMs === undefined) return [alerts.noDelivery, ...parts].join(' · ');
  const duration = milliseconds(lastDurationMs ?? 0);
  return [alerts.delivered(ago(past(nowMs.value - lastDeliveredAtMs)), duration), ...parts].join(' · ');
}
