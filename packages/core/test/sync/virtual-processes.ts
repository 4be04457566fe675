import type { ProviderAdapter } from '@api-key-fallback/core/adapter';
import { afterEach } from 'vitest';
import { scriptKeys, type Script, type ScriptedKeys } from '../scripted-keys.ts';
import { passTogether, type UnreliableStore } from './unreliable-store.ts';

const joined: ScriptedKeys[] = [];

afterEach(async () => {
  await closeAll(joined);
});

/** Closes managers, and advances their clocks for those that keep trying to reach their store. */
export async function closeAll(processes: ScriptedKeys[]): Promise<void> {
  const closing = processes.map(({ manager }) => manager.close());
  for (let second = 0; second < 7; second++) {
    await Promise.all(processes.map(({ runtime }) => runtime.advance(1000)));
  }
  await Promise.all(closing);
  processes.length = 0;
}

/** Closes the manager after the test. */
export function closeLater(keys: ScriptedKeys): ScriptedKeys {
  joined.push(keys);
  return keys;
}

/** A manager that acts as a separate process on the store. Its clock is `aheadMs` ahead. */
export function join(
  store: UnreliableStore,
  script: Script,
  aheadMs = 0,
  adapter: Partial<ProviderAdapter> = {},
): ScriptedKeys {
  const keys = scriptKeys(script, { store, stepped: true, adapter });
  keys.runtime.set(store.time + aheadMs);
  return closeLater(keys);
}

/** Advances the clocks of the store and these processes. */
export function pass(ms: number, store: UnreliableStore, ...processes: readonly ScriptedKeys[]): Promise<void> {
  return passTogether(ms, store, processes);
}
