import type { DayBudget, KeyStatus, LimitStatus } from '@api-key-fallback/core';
import { nextMidnight } from '@api-key-fallback/core/adapter';
import { wholeSecond } from '../history/whole-second.ts';
import type { WatchedPool } from '../collect/watched-pool.ts';
import { defined } from '../protocol/defined.ts';
import type { QuotaKey, QuotaView } from '../protocol/provider-document.ts';

const mostKeys = 12;
const hourMs = 3_600_000;

/** The daily limits of a pool, and how much of each is used. */
export function buildQuota({ status }: WatchedPool): readonly QuotaView[] {
  const { day, keys } = status.now;
  const endsAtMs = wholeSecond(day.endsAtMs);
  const startedAtMs = startOfDay(endsAtMs, day.timeZone);
  return status.budget.map(({ limit, used, max }) => ({
    timeZone: day.timeZone,
    startedAtMs,
    endsAtMs,
    limit,
    used,
    max,
    keys: usersOf(limit, keys),
  }));
}

/** A day has 23 to 25 hours, so its start is the first midnight later than 26 hours before its end. */
function startOfDay(endsAtMs: number, timeZone: string): number {
  return nextMidnight(endsAtMs - 26 * hourMs, timeZone);
}

function usersOf(limit: DayBudget['limit'], keys: readonly KeyStatus[]): readonly QuotaKey[] {
  const groups = new Set<string>();
  const users: QuotaKey[] = [];
  for (const { keyId, label, limits = [] } of keys) {
    for (const use of limits) {
      if (use.name !== limit || use.limit === undefined || !isInBudget(use)) continue;
      const { group, used = 0 } = use;
      // What the keys of a group share is shown once.
      if (group !== undefined && groups.has(group)) continue;
      if (group !== undefined) groups.add(group);
      users.push({ keyId, label, used, limit: use.limit, ...defined({ group }) });
    }
  }
  return users.toSorted((a, b) => b.used - a.used).slice(0, mostKeys);
}

/** The budget of a day counts whole keys. It leaves out what responses state of the same limit. */
function isInBudget({ bucket, source }: LimitStatus): boolean {
  return bucket === undefined && (source === 'configured' || source === 'documented');
}
