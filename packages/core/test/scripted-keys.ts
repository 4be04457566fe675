import { ApiKeyManager, type FallbackOptions, type KeyManagerOptions, type KeyStatus } from '@api-key-fallback/core';
import type { ErrorVerdict, ProviderAdapter } from '@api-key-fallback/core/adapter';
import { FakeRuntime } from './fake-runtime.ts';

/** The outcome of one attempt: returns a value or throws. */
export type Outcome = (key: string, runtime: FakeRuntime) => unknown;

/** An error that carries the verdict of the scripted adapter. */
export class ScriptedError extends Error {
  readonly verdictAt: (now: number) => ErrorVerdict;

  constructor(verdictAt: (now: number) => ErrorVerdict) {
    super('scripted failure');
    this.verdictAt = verdictAt;
  }
}

/** Fails with the given verdict. */
export function fails(verdict: ErrorVerdict | ((now: number) => ErrorVerdict)): Outcome {
  return () => {
    throw new ScriptedError(typeof verdict === 'function' ? verdict : () => verdict);
  };
}

/** Throws a value that the adapter does not classify. */
export function throws(value: unknown): Outcome {
  return () => {
    throw value;
  };
}

export function returns(value: unknown): Outcome {
  return () => value;
}

/** Delays an outcome by `ms`. */
export function takes(ms: number, outcome: Outcome): Outcome {
  return async (key, runtime) => {
    await runtime.pass(ms);
    return outcome(key, runtime);
  };
}

/** Succeeds and returns the key. */
export const ok: Outcome = (key) => key;

/** Never settles. */
export const hangs: Outcome = () => new Promise(() => {});

/** Fails with a transient error. */
export const transient: Outcome = fails({ kind: 'transient', reason: 'scripted' });

/** Fails with a caller error. */
export const callerError: Outcome = fails({ kind: 'caller-error', reason: 'scripted' });

/** Fails with a rate limit, optionally with a stated wait in ms. */
export function rateLimited(retryAfterMs?: number): Outcome {
  return fails({ kind: 'rate-limited', reason: 'scripted', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

/** Fails with an exhausted quota, optionally with its reset in ms since the epoch. */
export function quotaExhausted(resetsAtMs?: number): Outcome {
  return fails({ kind: 'quota-exhausted', reason: 'scripted', ...(resetsAtMs === undefined ? {} : { resetsAtMs }) });
}

/** Fails with an invalid key, optionally with the time of its re-check in ms since the epoch. */
export function invalidKey(recheckAtMs?: number): Outcome {
  return fails((now) => ({
    kind: 'invalid-key',
    reason: 'scripted',
    ...(recheckAtMs === undefined ? {} : { recheckAfterMs: recheckAtMs - now }),
  }));
}

/** Returns the verdict of scripted errors and leaves all other errors to core. */
export const scriptedAdapter: ProviderAdapter = {
  name: 'scripted',
  displayName: 'Scripted',
  env: 'SCRIPTED_API_KEY',
  classifyError: (error, { now }) => (error instanceof ScriptedError ? error.verdictAt(now) : undefined),
};

/** Maps each key to the outcomes of its attempts. The last outcome repeats. Keys are in list order. */
export type Script = Readonly<Record<string, readonly [Outcome, ...Outcome[]]>>;

export interface ScriptedKeys {
  readonly manager: ApiKeyManager;
  readonly runtime: FakeRuntime;
  /** The keys that the method received, in order. */
  readonly calls: string[];
  /** The errors that the method threw, in order. */
  readonly errors: unknown[];
  readonly sleeps: readonly number[];
  /** Makes one call with 3 attempts per key and a delay of 100 ms. */
  call(options?: FallbackOptions): Promise<unknown>;
  key(name: string): KeyStatus;
}

/** Creates a manager whose keys follow a script. */
export function scriptKeys(
  script: Script,
  options: KeyManagerOptions & {
    readonly stepped?: boolean;
    /** Maps keys to groups. */
    readonly groups?: Readonly<Record<string, string>>;
    readonly adapter?: Partial<ProviderAdapter>;
  } = {},
): ScriptedKeys {
  const { stepped = false, groups = {}, adapter = {}, ...managerOptions } = options;
  const runtime = new FakeRuntime({ stepped });
  const names = Object.keys(script);
  const keys = names.map((key) => (groups[key] === undefined ? key : { key, group: groups[key] }));
  const manager = new ApiKeyManager({ ...scriptedAdapter, ...adapter }, keys, {
    logger: false,
    retryBudget: false,
    runtime,
    ...managerOptions,
  });
  const calls: string[] = [];
  const counts = new Map<string, number>();
  const errors: unknown[] = [];

  async function attempt(key: string): Promise<unknown> {
    const done = counts.get(key) ?? 0;
    counts.set(key, done + 1);
    calls.push(key);
    const outcomes = script[key] ?? [];
    try {
      return await (outcomes[done] ?? outcomes.at(-1) ?? ok)(key, runtime);
    } catch (error) {
      errors.push(error);
      throw error;
    }
  }

  return {
    manager,
    runtime,
    calls,
    errors,
    sleeps: runtime.sleeps,
    call: (callOptions = {}) => manager.retryWithFallback(attempt, { delay: 100, ...callOptions }),
    key: (name) => manager.status().keys[names.indexOf(name)] as KeyStatus,
  };
}
