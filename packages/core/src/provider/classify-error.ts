import { readField } from '../base/read-field.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import { headersOfError } from './headers.ts';
import type { ClassifyContext } from './provider-adapter.ts';
import { parseBodyWait, parseRetryAfter, statedWait } from './stated-wait.ts';
import { isTransportFailure, wasUnsent } from './transport-failure.ts';

const refusals: readonly unknown[] = [503, 529];

/** Whether a transient failure leaves open if the provider did what it was asked to. */
export function isAmbiguous(error: unknown): boolean {
  return !refusals.includes(statusOf(error)) && !wasUnsent(error);
}

// The code of the DOMException of `AbortSignal.timeout`; other libraries have errors of the same name.
const timeoutErrorCode = 23;

/** Whether an error is an abort or a deadline that the caller set (`AbortSignal.timeout`), rather than a failure. */
export function isAbortError(error: unknown): boolean {
  const name = readField(error, 'name');
  const code = readField(error, 'code');
  return name === 'AbortError' || code === 'ABORT_ERR' || (name === 'TimeoutError' && code === timeoutErrorCode);
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
 * Judges an HTTP error by its status and headers alone, where the provider's answer says nothing better.
 *
 * Reads `status` or `statusCode` of the error or of its `response`; `undefined` when there is none.
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

function isA(kind: typeof TypeError | typeof ReferenceError, error: unknown): boolean {
  try {
    return error instanceof kind;
  } catch {
    return false;
  }
}

function classifyUnknown(error: unknown): ErrorVerdict {
  if (isAbortError(error)) return { kind: 'caller-error', reason: 'aborted' };
  if (isTransportFailure(error)) return { kind: 'transient', reason: 'network' };
  if (isA(TypeError, error) || isA(ReferenceError, error)) return { kind: 'caller-error', reason: 'bug' };
  return { kind: 'transient', reason: 'unknown' };
}

// The last moment that a Date can hold, less a thousand years for what is added to it.
const latestTimeMs = 8.6e15;

const times: readonly string[] = ['retryAfterMs', 'recheckAfterMs', 'resetsAtMs'];

/** A verdict without waits and times that no clock can reach. */
export function withSaneTimes(verdict: ErrorVerdict): ErrorVerdict {
  const insane = times.filter((name) => name in verdict && !isTime((verdict as Record<string, unknown>)[name]));
  if (insane.length === 0) return verdict;
  return Object.fromEntries(Object.entries(verdict).filter(([name]) => !insane.includes(name))) as ErrorVerdict;
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= latestTimeMs;
}

/** Core's own rules, for an error that the adapter has no verdict on. */
export function classifyByDefault(error: unknown, context: ClassifyContext): ErrorVerdict {
  return classifyHttpError(error, context) ?? classifyUnknown(error);
}
