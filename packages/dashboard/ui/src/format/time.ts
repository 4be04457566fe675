import { computed } from '@preact/signals';
import { nowMs } from '../state/clock.ts';
import { locale } from '../texts/texts.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

const hourMs = 3_600_000;

/** Changes once an hour, so that a time is not drawn each second. */
const hour = computed(() => Math.floor(nowMs.value / hourMs) * hourMs);

/** `14:32` or `14:32:08`; with the date where that alone could be another day. */
export function clockTime(atMs: number, withSeconds = false): string {
  return formatOf(withSeconds, Math.abs(atMs - hour.value) > 20 * hourMs).format(atMs);
}

function formatOf(withSeconds: boolean, withDate: boolean): Intl.DateTimeFormat {
  const key = `${locale.value} ${withSeconds} ${withDate}`;
  const known =
    formats.get(key) ??
    new Intl.DateTimeFormat(locale.value, {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(withSeconds ? { second: '2-digit' } : {}),
      ...(withDate ? { day: 'numeric', month: 'short' } : {}),
    });
  formats.set(key, known);
  return known;
}
