import { afterFailure } from './after-failure.ts';
import { allKeysFailed, deadlineExceeded } from './all-keys-failed.ts';
import type { ApiKeyManager } from './api-key-manager.ts';
import { clientInTime } from './client-in-time.ts';
import { attemptStorage, findAttempt, type Attempt } from './attempt.ts';
import { placeOf, warnIfDeaf, warnOnce, watchForClientRetries } from './dev-warnings.ts';
import { errorMessage } from './error-message.ts';
import { InvalidOptionsError } from './errors.ts';
import type { Failure } from './failed-attempts.ts';
import type { KeyPool } from './key-pool.ts';
import { poolOf } from './pool-of.ts';
import { KeyWalk } from './key-walk.ts';
import type { Provided } from './provided.ts';
import { checkFallbackOptions, type FallbackOptions, type FallbackSettings, type Inject } from './retry-options.ts';
import { RunningAttempt, type RunningCall } from './running-attempt.ts';
import { timeLimitsOf } from './time-limits.ts';
import { untilAborted } from './until-aborted.ts';

/** What one attempt runs; `injected` is the key or the client. */
export type Invoke<T> = (injected: unknown, attempt: RunningAttempt) => T | PromiseLike<T>;

function endSuccessfully(attempt: RunningAttempt): void {
  attempt.call.pool.succeed(attempt);
  attempt.call.walk.end();
}

/** The loop: takes the best key, tries it up to `maxRetries` times, and goes on to the next, until success or no key is left. */
export async function callWithKeys<T>(
  pool: KeyPool,
  invoke: Invoke<T>,
  settings: FallbackSettings,
  // A stream is not a success before its end.
  onReturn: (attempt: RunningAttempt) => void = endSuccessfully,
): Promise<T> {
  const { signal } = settings;
  const bucket = pool.bucketOf(settings.operation);
  const walk = new KeyWalk(pool, bucket);
  const failures: Failure[] = [];
  const limits = timeLimitsOf(settings, pool.environment);
  watchForClientRetries();
  const outer = findAttempt();
  if (outer && findAttempt(pool.provider)) {
    warnOnce(
      'AKF_NESTED_LOOPS',
      placeOf(pool.provider, settings.place),
      'a loop runs inside an attempt of the same provider; pass the received key on.',
    );
  }
  const call: RunningCall = { pool, settings, bucket, walk, failures, outer, limits };
  try {
    signal?.throwIfAborted();
    for (;;) {
      const key = walk.next() ?? (await walk.wait(call));
      if (!key) throw allKeysFailed(call);
      const injected = settings.inject === 'key' ? key.reveal() : await clientInTime(call, key);
      for (let number = 1; pool.isUsable(key, bucket); number++) {
        signal?.throwIfAborted();
        if (limits && limits.remainingMs() <= 0) throw deadlineExceeded(call);
        const attempt = new RunningAttempt(call, key, number, injected);
        pool.begin(attempt);
        let running: T | PromiseLike<T> | undefined;
        let value: T;
        try {
          running = attemptStorage.run(attempt, invoke, injected, attempt);
          value = await untilAborted(running, attempt.limits?.signal ?? signal);
        } catch (error) {
          if (attempt.limits?.exceeded) warnIfDeaf(running, pool.provider, settings.place);
          const pauseMs = afterFailure(attempt, error);
          if (pauseMs === undefined) break;
          await pool.environment.sleep(pauseMs, signal);
          continue;
        }
        onReturn(attempt);
        return value;
      }
    }
  } catch (error) {
    walk.end();
    tellEnd(pool, settings, error);
    throw error;
  }
}

const defaultSettings = checkFallbackOptions({});

type PublicInvoke<T> = (injected: unknown, attempt: Attempt) => T | PromiseLike<T>;

/** Tells that a call has failed, or was given up by its caller. */
export function tellEnd({ provider, events }: KeyPool, { signal }: FallbackSettings, error: unknown): void {
  if (signal?.aborted) events.tell('call.aborted', () => ({ provider }));
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
export async function callWithFallback<T>(
  manager: ApiKeyManager,
  fn: (injected: never, attempt: Attempt) => T | PromiseLike<T>,
  options?: FallbackOptions & { readonly inject?: Inject },
): Promise<T> {
  if (typeof fn !== 'function') throw new InvalidOptionsError('There is no function to call with a key.');
  if (fn.constructor.name.endsWith('GeneratorFunction')) {
    throw new InvalidOptionsError('A generator function falls over with wrapWithFallback(fn, options) only.');
  }
  if (options?.idleTimeout !== undefined)
    throw new InvalidOptionsError('"idleTimeout" works for generator methods only.');
  return callWithKeys(
    poolOf(manager),
    fn as PublicInvoke<T>,
    options === undefined ? defaultSettings : checkFallbackOptions(options),
  );
}
