import { ApiKeyManager, type KeyManagerOptions, type KeyState, type KeyStatus } from '@api-key-fallback/core';
import type { ErrorVerdict, ProviderAdapter } from '@api-key-fallback/core/adapter';

/** The keys of every scripted manager, in order. */
export const testKeys = ['test-key-one', 'test-key-two', 'test-key-three', 'test-key-four'] as const;

/** One of them. */
export type TestKey = (typeof testKeys)[number];

/** What the method does with a key: succeeds, hangs until it is to do something else, or fails with a verdict. */
export type Outcome = 'ok' | 'hangs' | ErrorVerdict;

/** A provider's word that a key has to rest for so long. */
export function limited(retryAfterMs: number): ErrorVerdict {
  return { kind: 'rate-limited', reason: 'scripted', retryAfterMs };
}

class ScriptedError extends Error {
  readonly verdict: ErrorVerdict;

  constructor(verdict: ErrorVerdict, key: string) {
    super(`refused: ${key}`);
    this.verdict = verdict;
  }
}

const adapter: ProviderAdapter = {
  name: 'scripted',
  displayName: 'Scripted',
  env: 'SCRIPTED_API_KEY',
  classifyError: (error) => (error instanceof ScriptedError ? error.verdict : undefined),
};

/** What calls have been like. */
export interface CallReport {
  readonly calls: number;
  readonly failures: readonly string[];
  /** 99 of 100 calls took no longer than this, in ms. */
  readonly p99Ms: number;
}

/** A real manager whose method does what it is told to, and which remembers what it was told. */
export class ScriptedManager {
  readonly manager: ApiKeyManager;
  /** What was told of the store, in order. */
  readonly storeEvents: string[] = [];
  /** The lines of the log that are about the store. */
  readonly storeLines: string[] = [];
  /** Hears of each attempt before it begins. */
  onAttempt: ((key: string) => void) | undefined;
  readonly #outcomes = new Map<string, Outcome>();
  readonly #timesMs: number[] = [];
  readonly #failures: string[] = [];
  readonly #hanging = new Set<() => void>();
  #calling: NodeJS.Timeout | undefined;

  constructor(options: KeyManagerOptions = {}) {
    const log = (line: string): void => {
      if (/\bstore\b/.test(line)) this.storeLines.push(line);
    };
    const logger = { debug: log, info: log, warn: log, error: log };
    this.manager = new ApiKeyManager(adapter, testKeys, { logger, retryBudget: false, ...options });
    for (const name of ['store.failed', 'store.recovered'] as const) {
      this.manager.on(name, () => this.storeEvents.push(name));
    }
  }

  /** Takes effect on what hangs, too. */
  behave(key: TestKey, outcome: Outcome): void {
    this.#outcomes.set(key, outcome);
    for (const goOn of this.#hanging) goOn();
    this.#hanging.clear();
  }

  /** One call, which resolves to the key that it succeeded with. */
  async call(operation?: string): Promise<string> {
    const start = performance.now();
    const options = { maxRetries: 1, ...(operation === undefined ? {} : { operation }) };
    const key = await this.manager.retryWithFallback((given) => this.#attempt(given), options);
    this.#timesMs.push(performance.now() - start);
    return key;
  }

  /** Makes a call now and then, from now on. */
  startCalling(everyMs = 5): void {
    this.#calling = setInterval(() => {
      this.call().catch((error: unknown) => this.#failures.push(String(error)));
    }, everyMs);
  }

  stopCalling(): void {
    clearInterval(this.#calling);
  }

  /** What all calls have been like up to now. */
  report(): CallReport {
    const sorted = this.#timesMs.toSorted((a, b) => a - b);
    const p99Ms = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
    return { calls: sorted.length, failures: this.#failures, p99Ms };
  }

  keys(): readonly KeyStatus[] {
    return this.manager.status().keys;
  }

  key(key: TestKey): KeyStatus {
    return this.keys()[testKeys.indexOf(key)] as KeyStatus;
  }

  states(): readonly KeyState[] {
    return this.keys().map(({ state }) => state);
  }

  async #attempt(key: string): Promise<string> {
    this.onAttempt?.(key);
    while (this.#outcomes.get(key) === 'hangs') await new Promise<void>((resolve) => this.#hanging.add(resolve));
    const outcome = this.#outcomes.get(key) ?? 'ok';
    if (typeof outcome === 'object') throw new ScriptedError(outcome, key);
    return key;
  }
}
