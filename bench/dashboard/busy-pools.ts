import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiKeyManager } from '@api-key-fallback/core';
import { benchManager, fakeKeys } from '../bench-manager.ts';

const tickMs = 10;
const callMs = 20;
const callsBetweenFailures = 60;

/** Pools of keys that are called all the time. */
export interface BusyPools extends AsyncDisposable {
  readonly managers: readonly ApiKeyManager[];
  /** The number of calls that have begun. */
  readonly calls: number;
}

/** Makes a pool for each number of keys, and about so many calls a second through all of them. One in sixty is refused, and goes on with the next key. */
export function busyPools(keyCounts: readonly number[], callsPerSecond: number): BusyPools {
  const managers = keyCounts.map((count) =>
    benchManager(fakeKeys(count), { pool: `keys-${count}`, strategy: 'round-robin', latency: true }),
  );
  let calls = 0;

  async function call(manager: ApiKeyManager): Promise<void> {
    let isRefused = ++calls % callsBetweenFailures === 0;
    const attempt = async (): Promise<void> => {
      await sleep(callMs);
      if (!isRefused) return;
      // The next key works.
      isRefused = false;
      throw Object.assign(new Error('Rate limit reached'), { status: 429, headers: { 'retry-after': '90' } });
    };
    await manager.retryWithFallback(attempt, { maxRetries: 1 }).catch(() => {});
  }

  const started = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - started) / 1000) * callsPerSecond;
    // After a pause of the event loop the missed calls are made at once, as a service would.
    for (let begun = calls; begun < due; begun++) {
      const manager = managers[begun % managers.length];
      if (manager) void call(manager);
    }
  }, tickMs);
  return {
    managers,
    get calls() {
      return calls;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await Promise.all(managers.map((manager) => manager.close()));
    },
  };
}
