import { ApiKeyManager, type FallbackOptions, type KeyManagerOptions, type KeyStatus } from '@api-key-fallback/core';
import type { ErrorVerdict, ProviderAdapter } from '@api-key-fallback/core/adapter';
import { FakeRuntime } from './fake-runtime.ts';

/** What one attempt does: returns a value or throws. */
export type Outcome = (key: string, runtime: FakeRuntime) => unknown;

/** A failure that carries the adapter's verdict on it. */
export class ScriptedError extends Error {
  readonly judge: (now: number) => ErrorVerdict;

  constructor(judge: (now: number) => ErrorVerdict) {
    super('scripted failure');
    this.judge = judge;
  }
}

/** Fails with a verdict of the adapter. */
export function fails(verdict: ErrorVerdict | ((now: number) => ErrorVerdict)): Outcome {
  return () => {
    throw new ScriptedError(typeof verdict === 'function' ? verdict : () => verdict);
  };
}

/** Throws a value that the adapter has no word on. */
export function throws(value: unknown): Outcome {
  return () => {
    throw value;
  };
}

export function returns(value: unknown): Outcome {
  return () => value;
}

/** Does something after a while. */
export function takes(ms: number, outcome: Outcome): Outcome {
  return async (key, runtime) => {
    await runtime.pass(ms);
    return outcome(key, runtime);
  };
}

/** Succeeds with the name of the key. */
export const ok: Outcome = (key) => key;

/** Never settles. */
export const hangs: Outcome = () => new Promise(() => {});

/** Transient. */
export const transient: Outcome = fails({ kind: 'transient', reason: 'scripted' });

/** A caller error. */
export const callerError: Outcome = fails({ kind: 'caller-error', reason: 'scripted' });

/** Rate-limited, with the stated wait in ms. */
export function rateLimited(retryAfterMs?: number): Outcome {
  return fails({ kind: 'rate-limited', reason: 'scripted', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

/** Quota exhausted until a moment. */
export function quotaExhausted(resetsAtMs?: number): Outcome {
  return fails({ kind: 'quota-exhausted', reason: 'scripted', ...(resetsAtMs === undefined ? {} : { resetsAtMs }) });
}

/** Invalid key, to be checked again at a moment. */
export function invalidKey(recheckAtMs?: number): Outcome {
  return fails((now) => ({
    kind: 'invalid-key',
    reason: 'scripted',
    ...(recheckAtMs === undefined ? {} : { recheckAfterMs: recheckAtMs - now }),
  }));
}

/** Judges scripted failures by their verdict and leaves everything else to core. */
export const scriptedAdapter: ProviderAdapter = {
  name: 'scripted',
  displayName: 'Scripted',
  env: 'SCRIPTED_API_KEY',
  classifyError: (error, { now }) => (error instanceof ScriptedError ? error.judge(now) : undefined),
};

/** Each key's outcomes, attempt by attempt; the last one repeats for ever. Keys are in pool order. */
export type Script = Readonly<Record<string, readonly [Outcome, ...Outcome[]]>>;

export interface ScriptedKeys {
  readonly manager: ApiKeyManager;
  readonly runtime: FakeRuntime;
  /** The keys that the method received, in order. */
  readonly calls: string[];
  /** What the method threw, in order. */
  readonly errors: unknown[];
  readonly sleeps: readonly number[];
  /** One call: 3 attempts a key, 100 ms between them. */
  call(options?: FallbackOptions): Promise<unknown>;
  key(name: string): KeyStatus;
}

/** A manager whose keys behave as written. */
export function scriptKeys(
  script: Script,
  options: KeyManagerOptions & {
    readonly stepped?: boolean;
    /** Key → group. */
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
