import { readField } from '../base/read-field.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import { FailedResultError } from './failed-result-error.ts';
import { headersOfError } from './headers.ts';
import { KeyFailedError } from './key-failed-error.ts';
import type { ClassifyContext } from './provider-adapter.ts';
import { parseBodyWait, parseRetryAfter, statedWait } from './stated-wait.ts';
import { isTransportFailure, wasUnsent } from './transport-failure.ts';

// With these statuses the provider refuses the request without processing it.
const refusalStatuses: readonly unknown[] = [503, 529];

/** Whether the provider may have processed the request despite a transient failure. */
export function isAmbiguous(error: unknown): boolean {
  const source = sourceOf(error);
  return !refusalStatuses.includes(statusOf(source)) && !wasUnsent(source);
}

/** What says most about a failure that the application judged itself: the value or the client's error behind it. */
export function sourceOf(error: unknown): unknown {
  if (FailedResultError.isInstance(error)) return error.value;
  return KeyFailedError.isInstance(error) ? (error.cause ?? error) : error;
}

// Names of Node, the DOM, got and ky; of axios; and of got before version 15.
const abortNames: readonly unknown[] = ['AbortError', 'CanceledError', 'CancelError'];
const abortCodes: readonly unknown[] = ['ABORT_ERR', 'ERR_ABORTED', 'ERR_CANCELED'];

/**
 * Whether an error is a cancellation: an `AbortError`, or that of axios, got, ky or superagent.
 *
 * A time limit (`AbortSignal.timeout()`) is none, also where a client reports it as a cancellation.
 *
 * @example
 * if (isAbortError(error)) return { kind: 'caller-error', reason: 'aborted' };
 */
export function isAbortError(error: unknown): boolean {
  const code = readField(error, 'code');
  const isOfSuperagent = code === 'ABORTED' && readField(error, 'message') === 'Aborted';
  const isAbort = isOfSuperagent || abortNames.includes(readField(error, 'name')) || abortCodes.includes(code);
  return isAbort && !isTimeoutError(error);
}

/** Whether a time limit has passed: an `AbortSignal.timeout()`, or a client's own. */
function isTimeoutError(error: unknown): boolean {
  // Node's own functions put the signal's reason into `cause`, and axios keeps the signal in `config`.
  const reasons = [error, readField(error, 'cause'), readField(error, 'config', 'signal', 'reason')];
  return reasons.some((reason) => readField(reason, 'name') === 'TimeoutError');
}

function statusOf(error: unknown): number | undefined {
  const own = statusIn(error);
  const status = own ?? statusIn(readField(error, 'response'));
  return status !== undefined && status >= 100 && status < 600 ? status : undefined;
}

function statusIn(value: unknown): number | undefined {
  const status = readField(value, 'status');
  if (typeof status === 'number') return status;
  const statusCode = readField(value, 'statusCode');
  return typeof statusCode === 'number' ? statusCode : undefined;
}

/**
 * Classifies an HTTP error by its status and its stated wait. Use it for errors without a provider-specific code.
 *
 * Reads `status` or `statusCode` of the error or of its `response`. Returns `undefined` without a status from 400 to 599.
 * `now` is the current time in ms since the epoch. The `reason` is `http_<status>`.
 *
 * @example
 * const adapter = defineAdapter({
 *   name: 'acme',
 *   displayName: 'Acme',
 *   env: 'ACME_API_KEY',
 *   classifyError: (error, context) =>
 *     readField(error, 'code') === 'out_of_credits'
 *       ? { kind: 'quota-exhausted', reason: 'out_of_credits' }
 *       : classifyHttpError(error, context),
 * });
 */
export function classifyHttpError(error: unknown, { now }: Pick<ClassifyContext, 'now'>): ErrorVerdict | undefined {
  const status = statusOf(error);
  if (status === undefined || status < 400) return undefined;
  const reason = `http_${status}`;
  if (status === 401) return { kind: 'invalid-key', reason };
  if (status === 402) return { kind: 'quota-exhausted', reason };
  const kind = status === 429 ? 'rate-limited' : status === 408 || status >= 500 ? 'transient' : 'caller-error';
  if (kind === 'caller-error') return { kind, reason };
  return { kind, reason, ...statedWait(parseRetryAfter(headersOfError(error), now) ?? parseBodyWait(error)) };
}

function isInstanceOf(kind: typeof TypeError | typeof ReferenceError, error: unknown): boolean {
  try {
    return error instanceof kind;
  } catch {
    return false;
  }
}

function classifyUnknown(error: unknown): ErrorVerdict {
  if (isAbortError(error)) return { kind: 'caller-error', reason: 'aborted' };
  if (isTimeoutError(error)) return { kind: 'transient', reason: 'timeout' };
  if (isTransportFailure(error)) return { kind: 'transient', reason: 'network' };
  if (isInstanceOf(TypeError, error) || isInstanceOf(ReferenceError, error))
    return { kind: 'caller-error', reason: 'bug' };
  return { kind: 'transient', reason: 'unknown' };
}

// The latest time that a Date can hold, minus a thousand years of headroom for additions.
const latestTimeMs = 8.6e15;

const timeFields: readonly string[] = ['retryAfterMs', 'recheckAfterMs', 'resetsAtMs'];

/** Removes negative, non-finite and absurdly large times from a verdict. */
export function withValidTimes(verdict: ErrorVerdict): ErrorVerdict {
  const invalid = timeFields.filter((name) => name in verdict && !isTime((verdict as Record<string, unknown>)[name]));
  if (invalid.length === 0) return verdict;
  return Object.fromEntries(Object.entries(verdict).filter(([name]) => !invalid.includes(name))) as ErrorVerdict;
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= latestTimeMs;
}

/** Applies core's own rules to an error that the adapter does not classify. */
export function classifyByDefault(error: unknown, context: ClassifyContext): ErrorVerdict {
  return classifyHttpError(error, context) ?? classifyUnknown(error);
}
