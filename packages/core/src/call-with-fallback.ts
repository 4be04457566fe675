import { allKeysFailed, type Failure } from './all-keys-failed.ts';
import type { ApiKeyManager } from './api-key-manager.ts';
import { attemptStorage, type Attempt } from './attempt.ts';
import { errorMessage } from './error-message.ts';
import type { Provided } from './inject-keys.ts';
import { poolOf, type KeyPool } from './key-pool.ts';
import { KeyWalk } from './key-walk.ts';
import { pauseBeforeRetry } from './pause-before-retry.ts';
import { checkFallbackOptions, type FallbackOptions, type FallbackSettings } from './retry-options.ts';
import { RunningAttempt, type RunningCall } from './running-attempt.ts';
import { untilAborted } from './until-aborted.ts';

/** What one attempt runs; `injected` is the key or the client. */
export type Invoke<T> = (injected: unknown, attempt: Attempt) => T | PromiseLike<T>;

/** The loop: takes the best key, tries it up to `maxRetries` times, and goes on to the next, until success or no key is left. */
export async function callWithKeys<T>(
  pool: KeyPool,
  invoke: Invoke<T>,
  settings: FallbackSettings,
  // A stream is not a success before its end.
  onReturn: (attempt: RunningAttempt) => void = (attempt) => pool.succeed(attempt),
): Promise<T> {
  const { maxRetries, signal, operation } = settings;
  const bucket = pool.bucketOf(operation);
  const call: RunningCall = { pool, bucket, signal, outer: attemptStorage.getStore() };
  const walk = new KeyWalk(pool, bucket);
  const failures: Failure[] = [];
  try {
    signal?.throwIfAborted();
    for (let key = walk.next() ?? (await walk.wait(settings)); key; key = walk.next() ?? (await walk.wait(settings))) {
      const injected = settings.inject === 'key' ? key.secret : await pool.clients.get(key);
      for (let number = 1; pool.isUsable(key, bucket); number++) {
        signal?.throwIfAborted();
        const attempt = new RunningAttempt(call, key, number, injected);
        pool.begin(attempt, maxRetries, failures.length === 0);
        try {
          const running = attemptStorage.run(attempt, invoke, injected, attempt);
          const value = await (signal ? untilAborted(running, signal) : running);
          onReturn(attempt);
          return value;
        } catch (error) {
          if (signal?.aborted) {
            pool.abandon(attempt);
            throw signal.reason;
          }
          const verdict = pool.judge(key, error, operation);
          const pauseMs = pauseBeforeRetry(verdict, number, settings, pool.environment);
          const delayMs = pauseMs === undefined || pool.allowRetry(maxRetries) ? pauseMs : undefined;
          pool.fail(attempt, verdict, error, maxRetries, delayMs);
          if (verdict.kind === 'caller-error') throw error;
          failures.push({ key, attempt: number, verdict, error, delayMs });
          if (delayMs === undefined) {
            pool.health.strike(attempt, verdict);
            // Another key does not help a provider in trouble; a key's own trouble costs no budget.
            if (verdict.kind === 'transient' && !pool.allowRetry(maxRetries))
              throw allKeysFailed(pool, bucket, failures);
            break;
          }
          await pool.environment.sleep(delayMs, signal);
        }
      }
    }
    throw allKeysFailed(pool, bucket, failures);
  } catch (error) {
    pool.events.tell('call.failed', () => ({ provider: pool.provider, message: errorMessage(error) }));
    throw error;
  } finally {
    walk.end();
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
  return callWithKeys(poolOf(manager), fn as Invoke<T>, checkFallbackOptions(options));
}
