import { ApiKeyManager, type KeyManagerOptions, type KeyStatus } from '@api-key-fallback/core';
import { vi } from 'vitest';
import { FakeRuntime } from './fake-runtime.ts';
import { ok, scriptedAdapter, ScriptedError, type Outcome } from './scripted-keys.ts';

export const hourMs = 3_600_000;

/** Sets the wall clock, and nothing else. Needs fake timers. */
export function setWall(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** A manager with the clocks of the machine, each of whose keys has one outcome. */
export function manage(outcomes: readonly Outcome[], options: KeyManagerOptions = {}) {
  const calls: string[] = [];
  const names = outcomes.map((_, at) => `K${at + 1}`);
  const manager = new ApiKeyManager(
    { ...scriptedAdapter, classifyError: (error) => (error instanceof ScriptedError ? error.verdictAt(0) : undefined) },
    names,
    { logger: false, retryBudget: false, store: false, ...options },
  );
  return {
    manager,
    calls,
    call: (callOptions: Parameters<typeof manager.retryWithFallback>[1] = {}) =>
      manager.retryWithFallback(
        async (key: string) => {
          calls.push(key);
          return (outcomes[names.indexOf(key)] ?? ok)(key, new FakeRuntime());
        },
        { maxRetries: 1, ...callOptions },
      ),
    key: (at = 0) => manager.status().keys[at] as KeyStatus,
  };
}

/** Waits for the first answer of the store. */
export async function connected(manager: ApiKeyManager): Promise<void> {
  const ready = manager.ready();
  await vi.advanceTimersByTimeAsync(1);
  await ready;
}

/** Lets a call come to where it waits for time. */
export const settled = (promise: Promise<unknown>) => {
  promise.catch(() => {});
  return vi.advanceTimersByTimeAsync(0);
};
