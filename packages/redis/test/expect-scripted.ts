import { expect } from 'vitest';
import type { ScriptedManager } from './scripted-manager.ts';

/** Expects that a reader's shared usage equals the sum of what these managers have counted. */
export function expectSums(reader: ScriptedManager, counted: readonly ScriptedManager[]): void {
  const sums = reader.keys().map((_, index) => {
    const usages = counted.map((each) => each.keys()[index]?.usage);
    const sum = (read: (usage: NonNullable<(typeof usages)[number]>) => number): number =>
      usages.reduce((total, usage) => total + (usage ? read(usage) : 0), 0);
    return {
      attempts: sum((usage) => usage.attempts),
      successes: sum((usage) => usage.successes),
      limited: sum((usage) => usage.failures['rate-limited']),
      today: sum((usage) => usage.today.attempts),
    };
  });
  const known = reader.keys().map(({ sharedUsage: { attempts, successes, failures, today } }) => ({
    attempts,
    successes,
    limited: failures['rate-limited'],
    today: today.attempts,
  }));
  expect(known).toEqual(sums);
}

/** Expects one event and one log line for the start and the end of each outage, and no failed or slow call. */
export function expectUnharmed(managers: readonly ScriptedManager[], outages: number): void {
  for (const each of managers) {
    const { calls, failures, p99Ms } = each.report();
    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(10);
    expect(p99Ms).toBeLessThan(250);
    const events = Array.from({ length: outages }, () => ['store.failed', 'store.recovered']);
    const lines = Array.from({ length: outages }, () => [/^Scripted: The redis store is unavailable/, /is back$/]);
    expect(each.storeEvents).toEqual(events.flat());
    expect(each.storeLines).toEqual(lines.flat().map((line) => expect.stringMatching(line) as string));
  }
}
