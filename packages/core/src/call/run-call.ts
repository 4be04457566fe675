import { abortable } from '../base/abortable.ts';
import { findAttempt, runInAttempt } from '../base/attempt.ts';
import { errorMessage } from '../base/error-message.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { recordStart, recordSuccess } from './attempt-recorder.ts';
import type { CallPlan } from './call-plan.ts';
import { clientInTime } from './client-in-time.ts';
import { decideAfterFailure } from './decide-after-failure.ts';
import { callSite, warnIfDeaf, warnOnce, watchForClientRetries } from './dev-warnings.ts';
import { deadlineExceeded } from './exhaustion-errors.ts';
import { RunningAttempt } from './running-attempt.ts';
import { RunningCall } from './running-call.ts';

/** What each attempt runs. */
export type Invoke<T> = (attempt: RunningAttempt) => T | PromiseLike<T>;

/**
 * The loop: takes the best key, tries it up to `maxRetries` times, and goes on to the next one until an attempt succeeds
 * or no key is left.
 */
export async function runCall<T>(
  plan: CallPlan,
  invoke: Invoke<T>,
  onReturn: (attempt: RunningAttempt) => void = succeed,
): Promise<T> {
  watchForClientRetries();
  const call = new RunningCall(plan);
  let retriedKey: PooledKey | undefined;
  try {
    for (;;) {
      const key: PooledKey = retriedKey ?? call.nextKey() ?? (await call.waitForKey());
      const injected = injectedNow(plan, key) ?? (await clientInTime(call, key));
      assertOpen(call);
      retriedKey = undefined;
      // Other calls may have taken the key out while this one waited.
      if (!plan.pool.isUsable(key, plan.bucket)) continue;
      const attempt = new RunningAttempt(call, key, injected);
      let value: T;
      try {
        value = await runAttempt(attempt, invoke);
      } catch (error) {
        const decision = decideAfterFailure(attempt, error);
        if (decision.kind === 'stop') throw decision.error;
        if (decision.kind === 'retry') {
          await plan.pool.runtime.sleep(decision.delayMs, plan.settings.signal);
          retriedKey = key;
        }
        continue;
      }
      onReturn(attempt);
      return value;
    }
  } catch (error) {
    call.end();
    emitCallEnd(plan, error);
    throw error;
  }
}

function succeed(attempt: RunningAttempt): void {
  recordSuccess(attempt);
  attempt.call.end();
}

/** What the method receives, unless it is a client that is still to be made. */
function injectedNow({ pool, settings }: CallPlan, key: PooledKey): unknown {
  return settings.inject === 'key' ? key.reveal() : pool.clients.ready(key);
}

function assertOpen(call: RunningCall): void {
  call.plan.settings.signal?.throwIfAborted();
  if (call.timeouts && call.timeouts.remainingMs() <= 0) throw deadlineExceeded(call);
}

function runAttempt<T>(attempt: RunningAttempt, invoke: Invoke<T>): Promise<T> {
  const { timeouts, call, view } = attempt;
  const { pool, settings } = call.plan;
  if (view.outer && findAttempt(pool.provider)) {
    warnOnce(
      'AKF_NESTED_LOOPS',
      callSite(pool.provider, settings.methodName),
      'a loop runs inside an attempt of the same provider; pass the received key on.',
    );
  }
  recordStart(attempt);
  const running = runInAttempt(view, invoke, attempt);
  const result = abortable(running, timeouts?.signal ?? settings.signal);
  if (timeouts) result.catch(() => timeouts.exceeded && warnIfDeaf(running, pool.provider, settings.methodName));
  return result;
}

/** Emits that a call has failed, or was aborted by its caller. */
export function emitCallEnd({ pool, settings }: CallPlan, error: unknown): void {
  const { provider, events } = pool;
  if (settings.signal?.aborted) events.emit('call.aborted', () => ({ provider }));
  else events.emit('call.failed', () => ({ provider, message: errorMessage(error) }));
}
