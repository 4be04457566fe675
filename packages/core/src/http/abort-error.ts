import { readField } from '../base/read-field.ts';
import { maxCauseDepth } from './cause-chain.ts';

// Names of Node, the DOM, got and ky; of axios; of got before version 15; of OpenAI's and Anthropic's clients.
const abortNames: readonly unknown[] = ['AbortError', 'CanceledError', 'CancelError', 'APIUserAbortError'];
// Google's clients put the name into `code`.
const abortCodes: readonly unknown[] = ['ABORT_ERR', 'ERR_ABORTED', 'ERR_CANCELED', 'AbortError'];
const timeoutNames: readonly unknown[] = ['TimeoutError', 'APIConnectionTimeoutError'];
// OpenAI's clients name every error "Error", and bundlers minify class names. Only the messages stay.
const abortMessage = 'Request was aborted.';
// Axios and superagent name the limit in the message only.
const timeoutMessage = /^(?:Request timed out\.$|(?:response )?timeout of \d+ms exceeded$)/i;

/**
 * Whether an error is a cancellation: an `AbortError`, or that of axios, got, ky, superagent, gRPC or a provider's client.
 *
 * Checks the error and its causes, five levels deep. Returns `false` for a time limit (`AbortSignal.timeout()`), even if the
 * client reports it as a cancellation.
 *
 * @example
 * if (isAbortError(error)) return { kind: 'caller-error', reason: 'aborted' };
 */
export function isAbortError(error: unknown): boolean {
  return isAbort(error, 0);
}

function isAbort(error: unknown, depth: number): boolean {
  if (isTimeoutError(error)) return false;
  const code = readField(error, 'code');
  const message = readField(error, 'message');
  const isOfSuperagent = code === 'ABORTED' && message === 'Aborted';
  const isOfGrpc = code === 1 && readField(error, 'details') === 'Cancelled on client';
  if (isOfSuperagent || isOfGrpc || abortCodes.includes(code) || message === abortMessage || isNamed(error, abortNames))
    return true;
  // `ofetch` wraps the cancellation, and applications do.
  const cause = readField(error, 'cause');
  return cause !== undefined && depth < maxCauseDepth && isAbort(cause, depth + 1);
}

/** Whether a time limit has passed: an `AbortSignal.timeout()`, or a client's own. */
export function isTimeoutError(error: unknown): boolean {
  const message = readField(error, 'message');
  if (readField(error, 'code') === 'TimeoutError' || (typeof message === 'string' && timeoutMessage.test(message))) {
    return true;
  }
  // Node's own functions put the signal's reason into `cause`, and axios keeps the signal in `config`.
  const reasons = [error, readField(error, 'cause'), readField(error, 'config', 'signal', 'reason')];
  return reasons.some((reason) => isNamed(reason, timeoutNames));
}

function isNamed(error: unknown, names: readonly unknown[]): boolean {
  return names.includes(readField(error, 'name')) || names.includes(readField(error, 'constructor', 'name'));
}
