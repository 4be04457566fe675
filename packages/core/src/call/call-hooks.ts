import { abortable } from '../base/abortable.ts';
import { FailedResultError } from '../provider/failed-result-error.ts';
import type { Decision } from './decide-after-failure.ts';
import { RecordedAttempt } from './failed-attempts.ts';
import type { Invoke, RunningAttempt } from './running-attempt.ts';

/** Classifies what each attempt returns with the option `classifyResult`. */
export function classifyingResults<T>(invoke: Invoke<T>): Invoke<T> {
  return async (attempt) => {
    const { pool, settings } = attempt.call.plan;
    const value = await invoke(attempt);
    const verdict = await pool.adapter.classifyResult(value, pool.runtime.now(), settings);
    if (verdict) throw new FailedResultError(pool.provider, value, verdict);
    return value;
  };
}

/** Calls the option `onFailedAttempt` and waits for it, until the caller aborts or the deadline passes. */
export async function reportFailure({ call, key }: RunningAttempt, decision: Decision): Promise<void> {
  const { pool, settings } = call.plan;
  const { onFailedAttempt } = settings;
  const { failure, kind } = decision;
  if (!onFailedAttempt || !failure) return;
  const isRepeatable = kind !== 'stop' && pool.isUsable(key, call.draw);
  const reported = Object.assign(new RecordedAttempt(failure), {
    key: key.ref,
    retriesLeft: isRepeatable ? settings.maxRetries - failure.attemptNumber : 0,
    keysLeft: kind === 'stop' ? 0 : call.countKeysLeft(),
  });
  await call.wait.whileOpen((signal) => abortable(Promise.resolve(onFailedAttempt(reported)), signal));
}
