import { afterFailure } from './after-failure.ts';
import { allKeysFailed, deadlineExceeded } from './all-keys-failed.ts';
import type { ApiKeyManager } from './api-key-manager.ts';
import { CallPlan } from './call-plan.ts';
import { clientInTime } from './client-in-time.ts';
import { findAttempt, runInAttempt, type Attempt } from './attempt.ts';
import { placeOf, warnIfDeaf, warnOnce, watchForClientRetries } from './dev-warnings.ts';
import { errorMessage } from './error-message.ts';
import { InvalidOptionsError } from './errors.ts';
import type { PooledKey } from './pooled-key.ts';
import { poolOf } from './pool-of.ts';
import type { Provided } from './provided.ts';
import { checkFallbackOptions, type FallbackOptions, type FallbackSettings, type Inject } from './retry-options.ts';
import { RunningAttempt } from './running-attempt.ts';
import { RunningCall } from './running-call.ts';
import type { AttemptLimits } from './time-limits.ts';
import { untilAborted } from './until-aborted.ts';

/** What one attempt runs; `injected` is the key or the client. */
export type Invoke<T> = (injected: unknown, attempt: RunningAttempt) => T | PromiseLike<T>;

/**
 * The loop: takes the best key, tries it up to `maxRetries` times, and goes on to the next, until success or no key is left.
 *
 * The first attempt is made at once and without the machinery of an async function; most calls need no more.
 */
export function callWithKeys<T>(
  plan: CallPlan,
  invoke: Invoke<T>,
  // A stream is not a success before its end.
  onReturn: (attempt: RunningAttempt) => void = succeed,
): Promise<T> {
  watchForClientRetries();
  const { pool, settings, bucket } = plan;
  const key = settings.signal?.aborted ? undefined : pool.peekClear(bucket);
  const injected = key && injectedAtOnce(plan, key);
  if (!key || injected === undefined) return goOn(new RunningCall(plan), invoke, onReturn);
  pool.took(key);
  const call = settings.isTimed ? new RunningCall(plan, key) : undefined;
  const first = new RunningAttempt(plan, key, injected, 1, call);
  return run(first, invoke).then(
    (value) => {
      onReturn(first);
      return value;
    },
    (error: unknown) => goOn(first.call, invoke, onReturn, { attempt: first, error }),
  );
}

function succeed(attempt: RunningAttempt): void {
  attempt.plan.pool.succeed(attempt);
  attempt.endCall();
}

interface Failed {
  readonly attempt: RunningAttempt;
  readonly error: unknown;
}

async function goOn<T>(
  call: RunningCall,
  invoke: Invoke<T>,
  onReturn: (attempt: RunningAttempt) => void,
  failed?: Failed,
): Promise<T> {
  const { pool, settings, bucket } = call.plan;
  try {
    for (let last = failed; ;) {
      const pauseMs = last && afterFailure(last.attempt, last.error);
      if (pauseMs !== undefined) await pool.environment.sleep(pauseMs, settings.signal);
      const next = last && pauseMs !== undefined ? again(last.attempt) : nextTry(call);
      // Nothing lies between a choice and its attempt, so that calls of the same moment see each other.
      const { key, number, injected } = next instanceof Promise ? await next : next;
      last = undefined;
      settings.signal?.throwIfAborted();
      if (call.limits && call.limits.remainingMs() <= 0) throw deadlineExceeded(call);
      // Other calls have gone on meanwhile.
      if (!pool.isUsable(key, bucket)) continue;
      const attempt = new RunningAttempt(call.plan, key, injected, number, call);
      let value: T;
      try {
        value = await run(attempt, invoke);
      } catch (error) {
        last = { attempt, error };
        continue;
      }
      onReturn(attempt);
      return value;
    }
  } catch (error) {
    call.end();
    tellEnd(call.plan, error);
    throw error;
  }
}

/** What an attempt is made with. */
type Try = Pick<RunningAttempt, 'key' | 'number' | 'injected'>;

function again({ key, number, injected }: RunningAttempt): Try {
  return { key, number: number + 1, injected };
}

/** The first try with the next key. Throws what ends the call. */
function nextTry(call: RunningCall): Try | Promise<Try> {
  call.plan.settings.signal?.throwIfAborted();
  const key = call.nextKey();
  const injected = key && injectedAtOnce(call.plan, key);
  return key && injected !== undefined ? { key, number: 1, injected } : nextTryInTime(call, key);
}

async function nextTryInTime(call: RunningCall, taken: PooledKey | undefined): Promise<Try> {
  const key = taken ?? (await call.waitForKey());
  if (!key) throw allKeysFailed(call);
  return { key, number: 1, injected: injectedAtOnce(call.plan, key) ?? (await clientInTime(call, key)) };
}

/** What the method receives, unless it is a client that has to be made. */
function injectedAtOnce({ pool, settings }: CallPlan, key: PooledKey): unknown {
  return settings.inject === 'key' ? key.reveal() : pool.clients.ready(key);
}

function run<T>(attempt: RunningAttempt, invoke: Invoke<T>): Promise<T> {
  const { limits } = attempt;
  const { pool, settings } = attempt.plan;
  if (attempt.outer) warnOfNesting(attempt);
  pool.begin(attempt);
  try {
    const running = runInAttempt(attempt, invoke);
    if (limits) return runInTime(running, limits, attempt);
    return settings.signal ? untilAborted(running, settings.signal) : Promise.resolve(running);
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

function runInTime<T>(running: T | PromiseLike<T>, limits: AttemptLimits, attempt: RunningAttempt): Promise<T> {
  const inTime = untilAborted(running, limits.signal);
  inTime.catch(() => limits.exceeded && warnIfDeaf(running, attempt.provider, attempt.plan.settings.place));
  return inTime;
}

function warnOfNesting({ provider, plan }: RunningAttempt): void {
  if (!findAttempt(provider)) return;
  warnOnce(
    'AKF_NESTED_LOOPS',
    placeOf(provider, plan.settings.place),
    'a loop runs inside an attempt of the same provider; pass the received key on.',
  );
}

type PublicInvoke<T> = (injected: unknown, attempt: Attempt) => T | PromiseLike<T>;

/** Tells that a call has failed, or was given up by its caller. */
export function tellEnd({ pool, settings }: CallPlan, error: unknown): void {
  const { provider, events } = pool;
  if (settings.signal?.aborted) events.tell('call.aborted', () => ({ provider }));
  else events.tell('call.failed', () => ({ provider, message: errorMessage(error) }));
}

/**
 * Calls `fn` with a key of the manager (or its client, with `inject: 'client'`), retrying and falling over as the decorator
 * does, without a class.
 *
 * @throws AllKeysFailedError when no key is left; a caller's own error is rethrown as it is.
 */
export function callWithFallback<T, Client>(
  manager: ApiKeyManager<Client>,
  fn: (client: Client, attempt: Attempt) => T | PromiseLike<T>,
  options: FallbackOptions & { readonly inject: 'client' },
): Promise<T>;
export function callWithFallback<T>(
  manager: ApiKeyManager,
  fn: (apiKey: string & Provided<never>, attempt: Attempt) => T | PromiseLike<T>,
  options?: FallbackOptions & { readonly inject?: 'key' },
): Promise<T>;
export function callWithFallback<T>(
  manager: ApiKeyManager,
  fn: (injected: never, attempt: Attempt) => T | PromiseLike<T>,
  options?: FallbackOptions & { readonly inject?: Inject },
): Promise<T> {
  try {
    const pool = poolOf(manager);
    const plan = options === undefined ? pool.plan : new CallPlan(pool, checkFallbackOptions(options));
    checkFunction(fn, plan.settings);
    return callWithKeys(plan, fn as PublicInvoke<T>);
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

function checkFunction(fn: unknown, { idleTimeout }: FallbackSettings): void {
  if (typeof fn !== 'function') throw new InvalidOptionsError('There is no function to call with a key.');
  const kind = (fn as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  if (kind === 'GeneratorFunction' || kind === 'AsyncGeneratorFunction') {
    throw new InvalidOptionsError('A generator function falls over with wrapWithFallback(fn, options) only.');
  }
  if (idleTimeout !== undefined) throw new InvalidOptionsError('"idleTimeout" works for generator methods only.');
}
