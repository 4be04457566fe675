import { readField } from '../base/read-field.ts';

const transportCode =
  /^(?:ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ESOCKETTIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|UND_ERR_(?!ABORTED|INVALID_ARG)\w+|CERT_\w+|ERR_TLS_\w+)$/;
// What `fetch` says in Node, Chromium, Firefox and Safari; all of them throw a plain TypeError.
const fetchFailure = /^(?:fetch failed|terminated|Failed to fetch|NetworkError when|Load failed|network error)/;
const deepestCause = 5;
const firstErrors = ['0', '1', '2', '3', '4', '5', '6', '7'];

// The request was not sent, or was refused as a whole: nobody has done its work.
const unsentCode =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_\w+)$/;

/** Whether the request never reached the provider, so that nothing can have been done. */
export function wasUnsent(error: unknown, depth = 0): boolean {
  const code = readField(error, 'code');
  if (typeof code === 'string' && unsentCode.test(code)) return true;
  if (depth === deepestCause) return false;
  const parts = firstErrors.map((index) => readField(error, 'errors', index)).filter((part) => part !== undefined);
  if (parts.length > 0) return parts.every((part) => wasUnsent(part, depth + 1));
  const cause = readField(error, 'cause');
  return cause !== undefined && wasUnsent(cause, depth + 1);
}

/** Whether the network failed rather than the provider or the method, judged by the error, its causes and its `errors`. */
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
  if (depth === deepestCause) return false;
  if (someCause(readField(error, 'cause'), matches, depth + 1)) return true;
  if (readField(error, 'errors') === undefined) return false;
  return firstErrors.some((index) => someCause(readField(error, 'errors', index), matches, depth + 1));
}
