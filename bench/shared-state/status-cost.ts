import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../statistics.ts';
import type { Replica } from './replica.ts';

const rounds = 5;
/** Longer than the time until a flush has run. */
const flushMs = 2000;

/** What one replica costs its process, in ms. */
export interface StatusCost {
  readonly statusMs: number;
  /** The same, when nothing has changed since the last call. */
  readonly unchangedMs: number;
  /** The time that the event loop works for the flush after `status()`, without that call. */
  readonly activeMs: number;
  /** The same, when all keys were used since the last flush. */
  readonly usedActiveMs: number;
  /** The longest time without a turn of the event loop in those flushes. */
  readonly longestMs: number;
}

interface Flush {
  readonly activeMs: number;
  readonly longestMs: number;
}

async function watchFlush(): Promise<Flush> {
  // What comes before belongs to the caller.
  await sleep(0);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = performance.eventLoopUtilization();
  await sleep(flushMs);
  const { active } = performance.eventLoopUtilization(before);
  delay.disable();
  return { activeMs: active, longestMs: delay.max / 1e6 };
}

/** Measures `status()`, and the exchanges that follow it. */
export async function statusCost(replica: Replica, keys: number): Promise<StatusCost> {
  const [status, unchanged]: [number[], number[]] = [[], []];
  const [looked, used]: [Flush[], Flush[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (let call = 0; call < keys; call++) await replica.call();
    used.push(await watchFlush());
    const start = performance.now();
    replica.manager.status();
    status.push(performance.now() - start);
    const again = performance.now();
    replica.manager.status();
    unchanged.push(performance.now() - again);
    looked.push(await watchFlush());
  }
  return {
    statusMs: median(status),
    unchangedMs: median(unchanged),
    activeMs: median(looked.map(({ activeMs }) => activeMs)),
    usedActiveMs: median(used.map(({ activeMs }) => activeMs)),
    longestMs: Math.max(...[...looked, ...used].map(({ longestMs }) => longestMs)),
  };
}
