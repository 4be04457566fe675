import type { ApiKeyManager, KeyManagerOptions, KeyStatus } from '@api-key-fallback/core';
import { ok, scriptKeys, type Outcome, type Script, type ScriptedKeys } from '../scripted-keys.ts';

/** Makes pools, and closes them after a test. */
export class OpenPools {
  readonly #open: ApiKeyManager[] = [];

  make(pool: string, script: Script, options: Parameters<typeof scriptKeys>[1] = {}): ScriptedKeys {
    const keys = scriptKeys(script, { pool, ...options });
    this.#open.push(keys.manager);
    return keys;
  }

  /** Two pools on one clock that have K1 in common: it is the first key of the one and the last of the other. */
  makeTwo(
    outcomes: readonly [Outcome, ...Outcome[]],
    options: KeyManagerOptions = {},
  ): Record<'a' | 'b', ScriptedKeys> {
    const a = this.make('a', { K1: outcomes, K2: [ok] }, options);
    const b = this.make('b', { K3: [ok], K1: [ok] }, { runtime: a.runtime, ...options });
    return { a, b };
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((manager) => manager.close()));
  }
}

/** The state of a key, and when it is available again. */
export function stateOf(
  { manager }: ScriptedKeys,
  label: string,
): Pick<KeyStatus, 'state' | 'availableAtMs'> | undefined {
  const key = manager.status().keys.find((status) => status.label === label);
  return key && { state: key.state, ...(key.availableAtMs === undefined ? {} : { availableAtMs: key.availableAtMs }) };
}
