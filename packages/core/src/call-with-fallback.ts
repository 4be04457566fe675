import { afterFailure } from './after-failure.ts';
import { allKeysFailed, type Failure } from './all-keys-failed.ts';
import type { ApiKeyManager } from './api-key-manager.ts';
import { attemptStorage, findAttempt, type Attempt } from './attempt.ts';
import { errorMessage } from './error-message.ts';
import { InvalidOptionsError } from './errors.ts';
import { poolOf, type KeyPool } from './key-pool.ts';
import { KeyWalk } from './key-walk.ts';
import type { Provided } from './provided.ts';
import { checkFallbackOptions, type FallbackOptions, type FallbackSettings } from './retry-options.ts';
import { RunningAttempt, type RunningCall } from './running-attempt.ts';
import { untilAborted } from './until-aborted.ts';

/** What one attempt runs; `injected` is the key or the client. */
export type Invoke<T> = (injected: unknown, attempt: Attempt) => T | PromiseLike<T>;

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
  const call: RunningCall = { pool, settings, bucket, walk, failures, outer: findAttempt() };
  try {
    signal?.throwIfAborted();
    for (;;) {
      const key = walk.next() ?? (await walk.wait(settings));
      if (!key) throw allKeysFailed(call);
      const injected = settings.inject === 'key' ? key.reveal() : await untilAborted(pool.clients.get(key), signal);
      for (let number = 1; pool.isUsable(key, bucket); number++) {
        signal?.throwIfAborted();
        const attempt = new RunningAttempt(call, key, number, injected);
        pool.begin(attempt);
        let value: T;
        try {
          value = await untilAborted(attemptStorage.run(attempt, invoke, injected, attempt), signal);
        } catch (error) {
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
    pool.events.tell('call.failed', () => ({ provider: pool.provider, message: errorMessage(error) }));
    throw error;
  }
}

/**
 * Calls `fn` with a key of the manager, retrying and falling over as the decorator does, without a class.
 *
 * @throws AllKeysFailedError when no key is left; a caller's own error is rethrown as it is.
 */
export async function callWithFallback<T>(
  manager: ApiKeyManager,
  fn: (apiKey: string & Provided<never>, attempt: Attempt) => T | PromiseLike<T>,
  options: FallbackOptions = {},
): Promise<T> {
  if (typeof fn !== 'function') throw new InvalidOptionsError('There is no function to call with a key.');
  const settings = { ...checkFallbackOptions(options), inject: 'key' as const };
  return callWithKeys(poolOf(manager), fn as Invoke<T>, settings);
}
