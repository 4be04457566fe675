import { ApiKeyManager, type KeyManagerOptions, type KeyState, type KeyStatus } from '@api-key-fallback/core';
import type { ErrorVerdict, ProviderAdapter } from '@api-key-fallback/core/adapter';

/** The keys of every scripted manager, in order. */
export const testKeys = ['test-key-one', 'test-key-two', 'test-key-three', 'test-key-four'] as const;

/** One of the scripted keys. */
export type TestKey = (typeof testKeys)[number];

/** The outcome of an attempt: it succeeds, hangs until the outcome changes, or fails with a verdict. */
export type Outcome = 'ok' | 'hangs' | ErrorVerdict;

/** A rate limit with a stated wait. */
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

/** The results of the calls so far. */
export interface CallReport {
  readonly calls: number;
  readonly failures: readonly string[];
  /** The 99th percentile of the duration of a call, in ms. */
  readonly p99Ms: number;
}

/** A real manager with scripted outcomes. It records its store events and log lines. */
export class ScriptedManager {
  readonly manager: ApiKeyManager;
  /** The names of the store events, in order. */
  readonly storeEvents: string[] = [];
  /** The log lines about the store. */
  readonly storeLines: string[] = [];
  /** Called with the key before each attempt. */
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

  /** Sets the outcome of attempts with a key. Also ends attempts that hang. */
  setOutcome(key: TestKey, outcome: Outcome): void {
    this.#outcomes.set(key, outcome);
    for (const resume of this.#hanging) resume();
    this.#hanging.clear();
  }

  /** Makes one call. Resolves to the key that it succeeded with. */
  async call(operation?: string): Promise<string> {
    const start = performance.now();
    const options = { maxRetries: 1, ...(operation === undefined ? {} : { operation }) };
    const key = await this.manager.retryWithFallback((given) => this.#attempt(given), options);
    this.#timesMs.push(performance.now() - start);
    return key;
  }

  /** Starts a call every few milliseconds. */
  startCalling(everyMs = 5): void {
    this.#calling = setInterval(() => {
      this.call().catch((error: unknown) => this.#failures.push(String(error)));
    }, everyMs);
  }

  stopCalling(): void {
    clearInterval(this.#calling);
  }

  /** Reports all calls up to now. */
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
