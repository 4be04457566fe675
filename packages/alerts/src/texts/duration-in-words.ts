import type { Notification } from '../model/notification.ts';
import { phrasesOf } from './phrases-of.ts';

const minuteMs = 60_000;
const minutesOf = [
  ['day', 1440],
  ['hour', 60],
  ['minute', 1],
] as const;

/** Returns a duration in words, in its two largest units: `2 hours, 5 minutes`. */
export function durationInWords(durationMs: number, notification: Notification): string {
  if (durationMs < minuteMs) return phrasesOf(notification).lessThanAMinute;
  const { locale } = notification;
  let rest = Math.round(durationMs / minuteMs);
  const parts: string[] = [];
  for (const [unit, minutes] of minutesOf) {
    const amount = Math.floor(rest / minutes);
    rest -= amount * minutes;
    if (amount > 0) parts.push(withUnit(amount, unit, locale));
  }
  return new Intl.ListFormat(locale, { type: 'unit' }).format(parts.slice(0, 2));
}

function withUnit(amount: number, unit: string, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
}
