import { readField } from '../base/read-field.ts';

const transportCode =
  /^(?:ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ESOCKETTIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|UND_ERR_(?!ABORTED|INVALID_ARG)\w+|CERT_\w+|ERR_TLS_\w+)$/;
// Messages of `fetch` in Node, Chromium, Firefox and Safari. All of them throw a plain TypeError.
const fetchFailure = /^(?:fetch failed|terminated|Failed to fetch|NetworkError when|Load failed|network error)/;
const maxCauseDepth = 5;
const errorIndexes = ['0', '1', '2', '3', '4', '5', '6', '7'];

// The connection failed before the request was sent, so the provider has not processed it.
const unsentCode =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_\w+)$/;

/** Whether the request did not reach the provider, so that the provider cannot have processed it. */
export function wasUnsent(error: unknown, depth = 0): boolean {
  const code = readField(error, 'code');
  if (typeof code === 'string' && unsentCode.test(code)) return true;
  if (depth === maxCauseDepth) return false;
  const parts = errorIndexes.map((index) => readField(error, 'errors', index)).filter((part) => part !== undefined);
  if (parts.length > 0) return parts.every((part) => wasUnsent(part, depth + 1));
  const cause = readField(error, 'cause');
  return cause !== undefined && wasUnsent(cause, depth + 1);
}

/**
 * Whether an error is a network failure, such as a refused connection or `fetch failed`.
 *
 * Checks the error, its causes and its `errors`, five levels deep.
 *
 * @example
 * if (isTransportFailure(error)) return { kind: 'transient', reason: 'network' };
 */
export function isTransportFailure(error: unknown): boolean {
  return someCause(error, (code, cause) => transportCode.test(code) || isFetchFailure(cause));
}

function isFetchFailure(error: unknown): boolean {
  const message = readField(error, 'message');
  return readField(error, 'name') === 'TypeError' && typeof message === 'string' && fetchFailure.test(message);
}

function someCause(error: unknown, matches: (code: string, error: object) => boolean, depth = 0): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const code = readField(error, 'code');
  if (matches(typeof code === 'string' ? code : '', error)) return true;
  if (depth === maxCauseDepth) return false;
  if (someCause(readField(error, 'cause'), matches, depth + 1)) return true;
  if (readField(error, 'errors') === undefined) return false;
  return errorIndexes.some((index) => someCause(readField(error, 'errors', index), matches, depth + 1));
}
