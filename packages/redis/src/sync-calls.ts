import { randomUUID } from 'node:crypto';
import type { SyncReply, SyncRequest, WindowCounters } from '@api-key-fallback/core/store';
import type { KeyNames } from './key-names.ts';
import {
  maxRecordNumber,
  packRecord,
  packTotals,
  unpackFields,
  unpackNumber,
  unpackRecord,
  unpackTotals,
} from './record-codec.ts';
import { RedisError } from './redis-error.ts';

const maxKeysPerCall = 200;
const dayMs = 86_400_000;
const keepRecordsMs = 30 * dayMs;
// Longer than the day after which a process that was away continues under a new instance id, with counts from 0.
const keepOwnUsageMs = 2 * dayMs;

/** The keys and arguments of one call of the sync script. */
export interface ScriptCall {
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

interface Slice {
  readonly facts: string[];
  readonly windows: Map<WindowCounters, string[]>;
}

function slicesOf({ facts, counters }: SyncRequest): Slice[] {
  const slices: Slice[] = [{ facts: [], windows: new Map() }];
  let size = 0;
  function nextSlice(): Slice {
    if (size === maxKeysPerCall) {
      slices.push({ facts: [], windows: new Map() });
      size = 0;
    }
    size++;
    return slices.at(-1)!;
  }
  for (const [id, fact] of facts) nextSlice().facts.push(id, packRecord(fact));
  for (const window of counters) {
    for (const [keyId, totals] of window.totals) {
      const { windows } = nextSlice();
      const fields = windows.get(window) ?? [];
      windows.set(window, fields);
      fields.push(keyId, packTotals(totals));
    }
  }
  return slices;
}

function endOf({ expiresAtMs }: WindowCounters): string {
  return String(Math.min(Math.ceil(expiresAtMs), maxRecordNumber));
}

/** Splits a request into calls of the sync script. */
export function syncCalls(request: SyncRequest, names: KeyNames): ScriptCall[] {
  const { instance, counters, withTotals, seen } = request;
  const slices = slicesOf(request);
  // A window without totals is listed too, which extends the expiry of this process's counters.
  const isForLast = (window: WindowCounters): boolean =>
    withTotals || window.totals.size === 0 || slices.at(-1)!.windows.has(window);
  return slices.map(({ facts, windows }, index) => {
    const isLast = index === slices.length - 1;
    const sentWindows = isLast ? counters.filter(isForLast) : [...windows.keys()];
    return {
      keys: [
        names.records,
        names.meta,
        ...sentWindows.flatMap(({ window }) => [names.usage(window), names.ownUsage(window, instance)]),
      ],
      args: [
        instance,
        randomUUID(),
        seen?.incarnation ?? '',
        String(seen?.version ?? -1),
        String(keepRecordsMs),
        String(keepOwnUsageMs),
        names.channel,
        isLast ? '1' : '0',
        isLast && withTotals ? '1' : '0',
        String(facts.length / 2),
        ...facts,
        ...sentWindows.flatMap((window) => {
          const fields = windows.get(window) ?? [];
          return [endOf(window), String(fields.length / 2), ...fields];
        }),
      ],
    };
  });
}

function fieldsOf(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}

/** Parses the replies of all calls. That of the last call covers the whole request. */
export function readReplies(replies: readonly unknown[], { counters, withTotals }: SyncRequest): SyncReply {
  const [now, incarnation, version, full, records, usages] = fieldsOf(replies.at(-1));
  const [nowMs, seenVersion] = [Number(now), unpackNumber(String(version))];
  if (!(nowMs > 0) || seenVersion === undefined || !Array.isArray(usages)) {
    throw new RedisError('Redis answered: an unreadable reply of the sync script', 'UNREADABLE');
  }
  return {
    now: nowMs,
    cursor: { incarnation: String(incarnation), version: seenVersion },
    full: Number(full) === 1,
    records: unpackFields(records, unpackRecord),
    totals: new Map(
      (withTotals ? counters : []).map(({ window }, index) => [window, unpackFields(usages[index], unpackTotals)]),
    ),
    isFirst: replies.some((reply) => Number(fieldsOf(reply)[6]) === 1),
  };
}
