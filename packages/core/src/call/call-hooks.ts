import { abortable } from '../base/abortable.ts';
import { shownKind } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { util } from '../base/node-builtins.ts';
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
export async function reportFailure({ call, key, bucket }: RunningAttempt, decision: Decision): Promise<void> {
  const { pool, settings } = call.plan;
  const { onFailedAttempt } = settings;
  const { failure, kind } = decision;
  if (!onFailedAttempt || !failure) return;
  const isRepeatable = kind !== 'stop' && pool.isUsable(key, bucket);
  const reported = Object.assign(new RecordedAttempt(failure), {
    provider: pool.provider,
    key: key.ref,
    retriesLeft: isRepeatable ? settings.maxRetries - failure.attemptNumber : 0,
    keysLeft: kind === 'stop' ? 0 : call.countKeysLeft(),
  });
  await call.whileOpen((signal) => abortable(Promise.resolve(onFailedAttempt(reported)), signal));
}

/** @throws InvalidOptionsError unless `fn` is a function other than a generator, without the option of generators. */
export function checkFunction(fn: unknown, { idleTimeout }: { readonly idleTimeout?: number | undefined }): void {
  if (typeof fn !== 'function') throw notAFunction(fn, '(apiKey) => …');
  const kind = (fn as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  if (kind === 'GeneratorFunction' || kind === 'AsyncGeneratorFunction') {
    throw new InvalidOptionsError(
      'Expected a function that returns a promise. For a generator function use wrapWithFallback(fn, options).',
    );
  }
  if (idleTimeout !== undefined) throw new InvalidOptionsError('"idleTimeout" applies to generator methods only.');
}

/** Says what to write in place of a value that is not a function. */
export function notAFunction(value: unknown, instead: string): InvalidOptionsError {
  const kind = util.types.isPromise(value)
    ? 'a Promise: pass the function itself, without calling it'
    : shownKind(value);
  return new InvalidOptionsError(
    `Expected a function that receives the API key; the value is ${kind}. Write ${instead}.`,
  );
}
