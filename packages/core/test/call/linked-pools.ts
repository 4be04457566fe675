import { ApiKeyManager, registry, type FallbackOptions, type KeyManagerOptions } from '@api-key-fallback/core';
import { FakeRuntime } from '../fake-runtime.ts';
import { scriptedAdapter, ScriptedError } from '../scripted-keys.ts';

/** Registered pools on one clock, whose keys fail as a test says. */
export class LinkedPools {
  readonly runtime: FakeRuntime = new FakeRuntime();
  /** Key → how its attempts end; those of other keys succeed. */
  outcomes: Record<string, (key: string) => unknown> = {};
  readonly calls: string[] = [];
  readonly #open: ApiKeyManager[] = [];

  managerOf(
    pool: string,
    keys: readonly string[],
    options: KeyManagerOptions = {},
    name = 'scripted',
  ): ApiKeyManager<{ readonly apiKey: string; readonly of: string }> {
    const displayName = name === 'scripted' ? 'Scripted' : 'Other';
    const createClient = (apiKey: string) => ({ apiKey, of: name });
    const adapter = { ...scriptedAdapter, name, displayName, createClient };
    const manager = new ApiKeyManager(adapter, keys, { pool, logger: false, runtime: this.runtime, ...options });
    registry.register(manager);
    this.#open.push(manager);
    return manager;
  }

  ask(apiKey: string): unknown {
    this.calls.push(apiKey);
    return this.outcomes[apiKey]?.(apiKey) ?? apiKey;
  }

  /** Makes one attempt on each key. */
  call(manager: ApiKeyManager, options: FallbackOptions = {}): Promise<unknown> {
    return manager.retryWithFallback(async (apiKey) => this.ask(apiKey), { maxRetries: 1, delay: 100, ...options });
  }

  async close(): Promise<void> {
    for (const name of registry.list()) registry.unregister(name);
    await Promise.all(this.#open.map((manager) => manager.close()));
  }
}

/** A refusal that states a wait in ms. */
export const limited = (retryAfterMs: number) => (): never => {
  throw new ScriptedError(() => ({ kind: 'rate-limited', reason: 'scripted', retryAfterMs }));
};

export const invalid = (): never => {
  throw new ScriptedError(() => ({ kind: 'invalid-key', reason: 'scripted' }));
};

export const down = (): never => {
  throw new ScriptedError(() => ({ kind: 'transient', reason: 'scripted' }));
};
