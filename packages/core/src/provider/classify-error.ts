import type { ErrorVerdict } from '../base/verdict.ts';
import { wasUnsent } from '../http/transport-failure.ts';
import { FailedResultError } from './failed-result-error.ts';
import { KeyFailedError } from './key-failed-error.ts';
import type { ClassifyContext } from './provider-adapter.ts';
import { readFailure, type Failure } from './read-failure.ts';
import { statedWait, statedWaitOf } from './stated-wait.ts';

// With these statuses the provider refuses the request without processing it.
const refusalStatuses: readonly unknown[] = [503, 529];

/** Whether the provider may have processed the request despite a transient failure. */
export function isAmbiguous(error: unknown): boolean {
  const source = sourceOf(error);
  return !refusalStatuses.includes(readFailure(source).status) && !wasUnsent(source);
}

/** What says most about a failure that the application judged itself: the value or the client's error behind it. */
export function sourceOf(error: unknown): unknown {
  if (FailedResultError.isInstance(error)) return error.value;
  return KeyFailedError.isInstance(error) ? (error.cause ?? error) : error;
}

/**
 * Classifies an HTTP error by its status and its stated wait. Use it for errors without a provider-specific code.
 *
 * Reads the error with `readFailure`. Returns `undefined` without a status from 400 to 599. `now` is the current time in ms since
 * the epoch. The `reason` is `http_<status>`.
 *
 * @example
 * const adapter = defineAdapter({
 *   name: 'acme',
 *   displayName: 'Acme',
 *   env: 'ACME_API_KEY',
 *   classifyError: (error, context) =>
 *     readFailure(error).codes.includes('out_of_credits')
 *       ? { kind: 'quota-exhausted', reason: 'out_of_credits' }
 *       : classifyHttpError(error, context),
 * });
 */
export function classifyHttpError(error: unknown, { now }: Pick<ClassifyContext, 'now'>): ErrorVerdict | undefined {
  const failure = readFailure(error);
  const verdict = judgeStatus(failure);
  const isWaiting = verdict?.kind === 'rate-limited' || verdict?.kind === 'transient';
  return isWaiting ? { ...verdict, ...statedWait(statedWaitOf(failure, now)) } : verdict;
}

/** Returns what the status alone says; `undefined` without a status from 400 to 599. */
export function judgeStatus({ status }: Failure): ErrorVerdict | undefined {
  if (status === undefined || status < 400) return undefined;
  const reason = `http_${status}`;
  if (status === 401) return { kind: 'invalid-key', reason, scope: 'key' };
  if (status === 402) return { kind: 'quota-exhausted', reason, scope: 'key' };
  if (status === 429) return { kind: 'rate-limited', reason, scope: 'key' };
  return { kind: status === 408 || status >= 500 ? 'transient' : 'caller-error', reason };
}

function isInstanceOf(kind: typeof TypeError | typeof ReferenceError, error: unknown): boolean {
  try {
    return error instanceof kind;
  } catch {
    return false;
  }
}

function classifyUnknown(error: unknown): ErrorVerdict {
  const { kind } = readFailure(error);
  if (kind === 'aborted') return { kind: 'caller-error', reason: kind };
  if (kind === 'timeout' || kind === 'network') return { kind: 'transient', reason: kind };
  if (isInstanceOf(TypeError, error) || isInstanceOf(ReferenceError, error))
    return { kind: 'caller-error', reason: 'bug' };
  return { kind: 'transient', reason: 'unknown' };
}

/** Applies core's own rules to an error that the adapter does not classify. */
export function classifyByDefault(error: unknown, context: ClassifyContext): ErrorVerdict {
  return classifyHttpError(error, context) ?? classifyUnknown(error);
}
