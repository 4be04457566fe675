import type { KeyStatus, Locale } from '@api-key-fallback/core';
import Table from 'cli-table3';
import { texts } from './texts.ts';

/** Prints one row per key. */
export function printKeys(keys: readonly KeyStatus[], locale: Locale): void {
  const { heads, states } = texts[locale];
  const noRule = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };
  const table = new Table({ head: [...heads], chars: noRule, style: { head: [], border: [] } });
  for (const { label, masked, state, availableAtMs, usage } of keys) {
    const failures = Object.values(usage.failures).reduce((sum, count) => sum + count, 0);
    const back = availableAtMs === undefined ? '' : shortTime(availableAtMs, locale);
    table.push([label, masked, states[state], usage.successes, failures, back]);
  }
  console.log(`\n${table.toString()}`);
}

/** The local time, with the day if that is not today. */
export function shortTime(timeMs: number, locale: Locale): string {
  const time = new Date(timeMs);
  const isToday = time.toDateString() === new Date().toDateString();
  const day = { day: '2-digit', month: locale === 'en' ? 'short' : '2-digit' } as const;
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return time.toLocaleString(locale, isToday ? { ...clock, second: '2-digit' } : { ...day, ...clock });
}
