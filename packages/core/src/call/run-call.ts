import { findAttempt, runInAttempt } from '../base/attempt.ts';
import {
  callSite,
  warnIfSignalIgnored,
  warnIfErrorResponse,
  warnOnce,
  watchForClientRetries,
} from '../events/dev-warnings.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { recordAbandonment, recordStart, recordSuccess } from './attempt-recorder.ts';
import { emitExhaustion, endWithError } from './call-end.ts';
import { reportFailure } from './call-hooks.ts';
import type { CallPlan } from './call-plan.ts';
import { clientInTime } from './client-in-time.ts';
import { decideAfterFailure } from './decide-after-failure.ts';
import { nextPlanOf } from './pools-of-call.ts';
import { RunningAttempt, type Invoke } from './running-attempt.ts';
import { RunningCall } from './running-call.ts';
import { takeKeyNow, waitForKey, wasTakenOut } from './take-key.ts';
import type { TakenKey } from './taken-key.ts';
import { isSourceDue, waitForSource } from './wait-for-source.ts';
import { waitToRetry } from './wait-to-retry.ts';

/** Runs a call: in its pool, and in those that stand in for it when all keys have failed. */
export function runCall<T>(
  plan: CallPlan,
  invoke: Invoke<T>,
  onReturn: (attempt: RunningAttempt, value: T) => void = succeed,
): Promise<T> {
  watchForClientRetries();
  const call = new RunningCall(plan);
  if (!call.trace) return runInPool(call, invoke, onReturn);
  return call.trace.run(() => runInPool(call, invoke, onReturn));
}

/**
 * The loop: takes the best key, tries it up to `maxRetries` times, and moves on to the next one until an attempt succeeds
 * or no key is left.
 */
async function runInPool<T>(
  call: RunningCall,
  invoke: Invoke<T>,
  onReturn: (attempt: RunningAttempt, value: T) => void,
): Promise<T> {
  const { plan } = call;
  let retry: TakenKey | undefined;
  let attempt: RunningAttempt | undefined;
  try {
    for (;;) {
      while (plan.pool.source && !retry && isSourceDue(call)) await waitForSource(call);
      const taken: TakenKey = retry ?? takeKeyNow(call) ?? (await waitForKey(call));
      retry = undefined;
      if (taken.delayMs !== undefined && !(await waitToRetry(call, taken))) continue;
      if (wasTakenOut(call, taken)) continue;
      const injected = injectedNow(plan, taken.key) ?? (await clientInTime(call, taken.key));
      if (injected === undefined) continue;
      call.assertOpen();
      attempt = new RunningAttempt(call, taken.key, injected);
      let value: T;
      try {
        value = await runAttempt(attempt, invoke);
      } catch (error) {
        const decision = decideAfterFailure(attempt, error);
        if (plan.settings.onFailedAttempt) await reportFailure(attempt, decision);
        if (decision.kind === 'stop') throw decision.error;
        if (decision.kind === 'retry') retry = { key: taken.key, delayMs: decision.delayMs };
        continue;
      }
      onReturn(attempt, value);
      return value;
    }
  } catch (error) {
    // Something other than the method has failed, such as the application's runtime.
    if (attempt?.hasEnded === false) recordAbandonment(attempt);
    const next = endInPool(call, error);
    if (next) return runInPool(next, invoke, onReturn);
    throw error;
  }
}

/** Ends a call in its pool. Returns the call in the pool where it goes on; `undefined` if it has failed. */
function endInPool(call: RunningCall, error: unknown): RunningCall | undefined {
  call.end();
  const isExhausted = error === call.exhaustion?.error;
  const plan = isExhausted ? nextPlanOf(call) : undefined;
  const next = plan && new RunningCall(plan, call);
  if (isExhausted) emitExhaustion(call, next);
  if (!next) endWithError(call, error);
  return next;
}

/** What the method receives; `undefined` for a client that does not exist yet. */
function injectedNow({ pool, settings }: CallPlan, key: PooledKey): unknown {
  return settings.inject === 'key' ? key.reveal() : pool.clients.ready(key);
}

function succeed(attempt: RunningAttempt, value: unknown): void {
  const { pool, settings } = attempt.call.plan;
  if (!settings.classifyResult) warnIfErrorResponse(value, pool.provider, settings.methodName);
  attempt.usage?.onValue(value);
  recordSuccess(attempt, true);
  attempt.call.end();
}

function runAttempt<T>(attempt: RunningAttempt, invoke: Invoke<T>): Promise<T> {
  const { timeout, call, view } = attempt;
  const { pool, settings } = call.plan;
  if (view.outer && findAttempt(pool.provider, pool.origin.pool)) {
    warnOnce(
      'AKF_NESTED_LOOPS',
      callSite(pool.provider, settings.methodName),
      'a loop runs inside an attempt of the same provider; pass the received key on.',
    );
  }
  recordStart(attempt);
  const trace = attempt.startTrace();
  const running = trace
    ? trace.run(async () => runInAttempt(view, invoke, attempt))
    : runInAttempt(view, invoke, attempt);
  const result = attempt.unlessAborted(running);
  if (timeout) result.catch(() => timeout.exceeded && warnIfSignalIgnored(running, pool.provider, settings.methodName));
  return result;
}
