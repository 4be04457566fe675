import type { VNode } from 'preact';
import type { QuotaView } from '../../../src/protocol/provider-document.ts';
import { countdown } from '../format/duration.ts';
import { number, percent } from '../format/number.ts';
import { clockTime } from '../format/time.ts';
import { Meter } from '../parts/meter.tsx';
import type { Tone } from '../parts/state-icon.tsx';
import { nowMs } from '../state/clock.ts';
import { texts } from '../texts/texts.ts';
import { ChartCard } from './chart-card.tsx';

/** How much of a daily limit is used, and whether the rest lasts. */
export function QuotaCard({ quota }: { readonly quota: QuotaView }): VNode {
  const { provider } = texts.value;
  const { limit, keys, used, max, endsAtMs, timeZone } = quota;
  const gone = goneOf(quota);
  const zone = (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ');
  return (
    <ChartCard
      id={`quota-${limit}`}
      title={provider.days[limit] ?? limit}
      aside={provider.resets(countdown(endsAtMs - nowMs.value), zone)}
    >
      <div class="quota">
        {keys.length !== 1 && <QuotaRow quota={quota} label={provider.allKeys} used={used} max={max} />}
        {keys.map((key) => (
          <QuotaRow key={key.keyId} quota={quota} label={key.group ?? key.label} used={key.used} max={key.limit} />
        ))}
        <p class="small dim quota-foot">
          <i class="sw-gone" />
          {provider.dayGone(percent(gone))}
        </p>
      </div>
    </ChartCard>
  );
}

interface QuotaRowProps {
  readonly quota: QuotaView;
  readonly label: string;
  readonly used: number;
  readonly max: number;
}

function QuotaRow({ quota, label, used, max }: QuotaRowProps): VNode {
  const { text, tone } = forecast(quota, used, max);
  return (
    <div class="quota-row">
      <span class="quota-label">{label}</span>
      <span class="quota-bar">
        <Meter share={max === 0 ? 1 : used / max} label={label} />
        <span class="quota-gone" style={{ left: `${goneOf(quota) * 100}%` }} />
      </span>
      <span class="num r">
        <b>{number(used)}</b>
        <span class="dim"> {texts.value.provider.budget(number(max))}</span>
      </span>
      <span class={`small num tone-${tone}`}>{text}</span>
    </div>
  );
}

/** Whether what is left lasts, if the day goes on as it began. */
function forecast(
  { startedAtMs, endsAtMs }: QuotaView,
  used: number,
  max: number,
): { readonly text: string; readonly tone: Tone } {
  const { provider } = texts.value;
  if (used >= max) return { text: provider.usedUp, tone: 'bad' };
  const usedUpAtMs = used === 0 ? Infinity : startedAtMs + ((nowMs.value - startedAtMs) * max) / used;
  if (usedUpAtMs >= endsAtMs) return { text: provider.lasts, tone: 'dim' };
  return { text: provider.usedUpAt(clockTime(usedUpAtMs)), tone: 'warn' };
}

/** The share of the day that is gone. */
function goneOf({ startedAtMs, endsAtMs }: QuotaView): number {
  return Math.min(1, Math.max(0, (nowMs.value - startedAtMs) / (endsAtMs - startedAtMs)));
}
