import { readField, readList } from '../base/read-field.ts';
import { causeChain, maxCauseDepth } from './cause-chain.ts';

const transportCode =
  /^(?:ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ESOCKETTIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|UND_ERR_(?!ABORTED|INVALID_ARG)\w+|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|EPROTO|HPE_\w+|ERR_NETWORK|ERR_HTTP2_\w+|ERR_HTTP_CONTENT_LENGTH_MISMATCH|ERR_READING_RESPONSE_STREAM|ERR_STREAM_PREMATURE_CLOSE|ConnectionRefused|ConnectionClosed|FailedToOpenSocket)$/;
// Messages of `fetch` in Node, Chromium, Firefox and Safari, which throw a plain TypeError.
const fetchFailure = /^(?:fetch failed|terminated|Failed to fetch|NetworkError when|Load failed|network error)/;
// Whole messages of React Native, Safari, Cloudflare Workers, Bun and axios, and of the clients of OpenAI, Anthropic and Google.
const networkMessages: readonly unknown[] = [
  'Network request failed',
  'The Internet connection appears to be offline.',
  'The network connection was lost.',
  'Could not connect to the server.',
  'Network connection lost.',
  'Unable to connect. Is the computer able to access the url?',
  'stream has been aborted',
  'Connection error.',
  'Incomplete JSON segment at the end',
];

// The connection failed before the request was sent, so the provider has not processed it.
const unsentCode =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_\w+)$/;
// The server has not processed the stream: https://www.rfc-editor.org/rfc/rfc9113#section-8.7
const refusedStream = /REFUSED_STREAM/;

/** Whether the request did not reach the provider, so that the provider cannot have processed it. */
export function wasUnsent(error: unknown, depth = 0): boolean {
  const code = readField(error, 'code');
  if (typeof code === 'string' && (unsentCode.test(code) || isRefusedStream(code, error))) return true;
  if (depth === maxCauseDepth) return false;
  const parts = readList(error, 'errors');
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
  return causeChain(error).some((cause) => hasTransportCode(cause) || isFetchFailure(cause));
}

function hasTransportCode(error: unknown): boolean {
  const code = readField(error, 'code');
  return typeof code === 'string' && transportCode.test(code);
}

function isFetchFailure(error: unknown): boolean {
  const message = readField(error, 'message');
  if (networkMessages.includes(message) || isUnansweredByGoogle(error)) return true;
  return readField(error, 'name') === 'TypeError' && typeof message === 'string' && fetchFailure.test(message);
}

/** Google's clients wrap every failure to send, also one without a code. */
function isUnansweredByGoogle(error: unknown): boolean {
  return typeof readField(error, 'config', 'url') === 'object' && readField(error, 'response') === undefined;
}

function isRefusedStream(code: string, error: unknown): boolean {
  const message = readField(error, 'message');
  return code.startsWith('ERR_HTTP2_') && typeof message === 'string' && refusedStream.test(message);
}
