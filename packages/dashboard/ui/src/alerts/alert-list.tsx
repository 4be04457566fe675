import type { VNode } from 'preact';
import type { AlertView } from '../../../src/protocol/alerts-document.ts';
import { countdown, past } from '../format/duration.ts';
import { isolated } from '../format/isolated.ts';
import { number } from '../format/number.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import type { Tone } from '../parts/state-icon.tsx';
import { nowMs } from '../state/clock.ts';
import { link } from '../state/view.ts';
import { texts } from '../texts/texts.ts';
import { alertText } from './alert-text.ts';

const mostLabels = 3;
const looks: Readonly<Record<AlertView['severity'], { readonly icon: IconName; readonly tone: Tone }>> = {
  critical: { icon: 'refused', tone: 'bad' },
  warning: { icon: 'suspect', tone: 'warn' },
  info: { icon: 'bell', tone: 'info' },
};

export function AlertList({
  alerts,
  ifEmpty,
}: {
  readonly alerts: readonly AlertView[];
  readonly ifEmpty: string;
}): VNode {
  if (alerts.length === 0) {
    return (
      <p class="none none-small">
        <Icon name="healthy" />
        {ifEmpty}
      </p>
    );
  }
  return (
    <ul class="alerts">
      {alerts.map((alert) => (
        <AlertRow key={alert.fingerprint} alert={alert} />
      ))}
    </ul>
  );
}

function AlertRow({ alert }: { readonly alert: AlertView }): VNode {
  const { alerts } = texts.value;
  const { provider, pool, displayName, severity, firesAtMs, mutedBy } = alert;
  const { icon, tone } = looks[severity];
  const isQuiet = firesAtMs !== undefined || mutedBy !== undefined;
  return (
    <li class={`alert-row ${mutedBy === undefined ? '' : 'is-muted'}`}>
      <span class={`tile tone-${isQuiet ? 'dim' : tone}`}>
        <Icon name={firesAtMs === undefined ? icon : 'cooling'} />
      </span>
      <span class="alert-main">
        <span class="alert-title">
          <a class="strong" href={link({ page: 'provider', provider, pool })}>
            <bdi>{displayName}</bdi>:
          </a>{' '}
          {alertText(alert)}
        </span>
        <AlertNote alert={alert} />
      </span>
      <span class="alert-when">
        <span class={`small tone-${isQuiet ? 'dim' : tone}`}>{alerts.severities[severity]}</span>
        <AlertTime alert={alert} />
      </span>
    </li>
  );
}

/** The keys concerned, what mutes it, and when it gets better. */
function AlertNote({ alert: { keys, keyCount, mutedBy, backAtMs } }: { readonly alert: AlertView }): VNode | null {
  const { alerts } = texts.value;
  const labels = keys.slice(0, mostLabels).map(isolated).join(', ');
  const others = keyCount - Math.min(keys.length, mostLabels);
  const parts = [
    others > 0 ? `${labels} ${alerts.moreKeys(number(others))}` : labels,
    mutedBy === undefined ? '' : alerts.mutedBy(mutedBy),
    backAtMs === undefined ? '' : alerts.backIn(countdown(backAtMs - nowMs.value)),
  ].filter((part) => part !== '');
  return parts.length === 0 ? null : <span class="small dim num">{parts.join(' · ')}</span>;
}

function AlertTime({ alert: { startsAtMs, firesAtMs } }: { readonly alert: AlertView }): VNode {
  const { alerts } = texts.value;
  if (firesAtMs === undefined) return <span class="small dim num">{alerts.lasts(past(nowMs.value - startsAtMs))}</span>;
  const leftMs = firesAtMs - nowMs.value;
  return <span class="small dim num">{leftMs > 0 ? alerts.firesIn(countdown(leftMs)) : alerts.firesSoon}</span>;
}
