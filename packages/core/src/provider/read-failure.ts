import { readField, readList } from '../base/read-field.ts';
import { maxText } from '../base/redaction.ts';
import { isAbortError, isTimeoutError } from '../http/abort-error.ts';
import { causeChain } from '../http/cause-chain.ts';
import { headersOfError, type HeadersLike } from '../http/headers.ts';
import { isTransportFailure } from '../http/transport-failure.ts';
import { bodyInMessage, bodyOf, detailOf } from './failure-body.ts';

/**
 * What an error says about a failed request, in the same form whichever client threw it.
 *
 * Texts come from the provider: they can contain a key, so never copy them into a verdict.
 */
export interface Failure {
  /**
   * - `response`: the provider responded, with an error status or an error in a stream.
   * - `aborted`: a cancellation.
   * - `timeout`: a time limit has passed.
   * - `network`: no complete response arrived.
   * - `unknown`: none of these, for example a bug in the method.
   */
  readonly kind: 'response' | 'aborted' | 'timeout' | 'network' | 'unknown';
  /** The HTTP status, also as text, in the body, or as a gRPC code; `undefined` for most errors inside a stream. */
  readonly status: number | undefined;
  readonly headers: HeadersLike | undefined;
  /** The parsed JSON body, else its text; `undefined` if there is none or it is HTML. */
  readonly body: unknown;
  /** The object in the body that describes the error, for example the value of `error`; without a body the error itself. */
  readonly detail: unknown;
  /** Everything that names the failure: codes, types, Google's reasons and gRPC's status names. */
  readonly codes: readonly string[];
  /** The provider's text, without the status that clients put before it; `''` if there is none. */
  readonly message: string;
}

/**
 * Reads any error that a client can throw for a failed request. Never throws.
 *
 * Looks for status, headers, body and codes in all places where HTTP clients keep them: the clients of OpenAI, Anthropic and
 * Google, axios, got, ky, ofetch, superagent, undici, the AI SDK, AWS clients, gRPC, and errors made by hand with `status`,
 * `headers` and `body`. An error without any of these is searched for one in its `lastError`, `cause` and `errors`.
 *
 * @example
 * classifyError(error, context) {
 *   const { status, codes } = readFailure(error);
 *   if (codes.includes('out_of_credits')) return { kind: 'quota-exhausted', reason: 'out_of_credits' };
 *   return classifyHttpError(error, context);
 * }
 */
export function readFailure(error: unknown): Failure {
  // The error that carries the response: the error itself, else the nearest one that it was made from.
  const answered = hasAnswer(error) ? error : (causeChain(error).find(hasAnswer) ?? error);
  const ownStatus = statusOn(answered);
  const headers = headersOfError(answered);
  // Only a response is quoted in a message. Without one, the application can have put anything there.
  const isResponse = ownStatus !== undefined || headers !== undefined;
  const body = attempt(() => bodyOf(answered) ?? (isResponse ? bodyInMessage(answered) : undefined));
  const detail = body === undefined ? answered : attempt(() => detailOf(body));
  const failure = {
    // Without headers and body, the number in `code` can be that of a row or of a database.
    status:
      (headers ?? body) === undefined
        ? ownStatus
        : (errorStatus(ownStatus) ?? statusIn(answered, body, detail) ?? ownStatus),
    headers,
    body,
    detail,
    codes: isResponse || body !== undefined ? codesOf(answered, body, detail) : ownCodesOf(answered),
    message: messageOf(answered, detail),
  };
  return { kind: kindOf(error, failure), ...failure };
}

function kindOf(error: unknown, { status, headers, body }: Omit<Failure, 'kind'>): Failure['kind'] {
  if (status !== undefined && status >= 300) return 'response';
  if (isAbortError(error) || isAbortError(readField(error, 'lastError'))) return 'aborted';
  if (isTimeoutError(error)) return 'timeout';
  if (isTransportFailure(error)) return 'network';
  return body !== undefined || headers !== undefined ? 'response' : 'unknown';
}

function hasAnswer(error: unknown): boolean {
  return (
    statusOn(error) !== undefined || headersOfError(error) !== undefined || attempt(() => bodyOf(error)) !== undefined
  );
}

const statusPaths: readonly (readonly string[])[] = [
  ['status'],
  ['statusCode'],
  ['response', 'status'],
  ['response', 'statusCode'],
  ['$metadata', 'httpStatusCode'], // AWS
];

function statusOn(error: unknown): number | undefined {
  for (const path of statusPaths) {
    const status = toStatus(readField(error, ...path));
    if (status !== undefined) return status;
  }
  return statusOfGrpc(error);
}

/** A status from 300; a response of 200 can still carry an error. */
function errorStatus(status: number | undefined): number | undefined {
  return status !== undefined && status >= 300 ? status : undefined;
}

/** Returns the status that a body states. */
function statusIn(error: unknown, body: unknown, detail: unknown): number | undefined {
  // OpenRouter sends the status as `code` when a stream fails midway: https://openrouter.ai/docs/api/errors
  // Azure API Management sends it as `statusCode`.
  const places = [detail, body].flatMap((place) =>
    ['code', 'status', 'statusCode'].map((name) => readField(place, name)),
  );
  const stated = [...places, readField(error, 'code')].map(toStatus);
  return stated.find((value) => value !== undefined && value >= 400) ?? statusOfName(readField(detail, 'status'));
}

function toStatus(value: unknown): number | undefined {
  const isText = typeof value === 'string' && /^[1-5]\d\d$/.test(value);
  const status = isText ? Number(value) : value;
  return typeof status === 'number' && status >= 100 && status < 600 ? status : undefined;
}

// The HTTP status of each code: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
const grpcStatuses: readonly (readonly [code: number, name: string, status: number])[] = [
  [3, 'INVALID_ARGUMENT', 400],
  [4, 'DEADLINE_EXCEEDED', 504],
  [5, 'NOT_FOUND', 404],
  [6, 'ALREADY_EXISTS', 409],
  [7, 'PERMISSION_DENIED', 403],
  [8, 'RESOURCE_EXHAUSTED', 429],
  [9, 'FAILED_PRECONDITION', 400],
  [10, 'ABORTED', 409],
  [11, 'OUT_OF_RANGE', 400],
  [12, 'UNIMPLEMENTED', 501],
  [13, 'INTERNAL', 500],
  [14, 'UNAVAILABLE', 503],
  [15, 'DATA_LOSS', 500],
  [16, 'UNAUTHENTICATED', 401],
];

function statusOfGrpc(error: unknown): number | undefined {
  const metadata = readField(error, 'metadata');
  const isGrpc =
    typeof readField(metadata, 'get') === 'function' ||
    (metadata !== undefined && typeof readField(error, 'details') === 'string');
  const code = readField(error, 'code');
  return isGrpc ? grpcStatuses.find(([number]) => number === code)?.[2] : undefined;
}

function statusOfName(name: unknown): number | undefined {
  return grpcStatuses.find(([, known]) => known === name)?.[2];
}

function codesOf(error: unknown, body: unknown, detail: unknown): readonly string[] {
  const found = [...namesIn(detail), readField(error, 'errorCode')];
  if (body !== undefined) {
    const words = [readField(body, 'error'), body].filter(isWord);
    const others = [body, error].flatMap((place) => ['code', 'type', 'reason'].map((name) => readField(place, name)));
    found.push(...words, ...others);
  }
  // Some servers repeat the status as text, which names nothing.
  const isName = (code: unknown): code is string => typeof code === 'string' && code !== '' && !/^\d+$/.test(code);
  return [...new Set(found.filter(isName))];
}

function namesIn(detail: unknown): readonly unknown[] {
  return [
    readField(detail, 'code'),
    ...readList(detail, 'details').map((entry) => readField(entry, 'reason')), // Google's ErrorInfo: https://google.aip.dev/193
    readField(detail, 'errors', 0, 'reason'), // older APIs of Google
    readField(detail, 'reason'),
    readField(detail, 'details', 'error_code'), // Anthropic
    readField(detail, 'type'),
    readField(detail, 'status'),
  ];
}

/** Without a response only a code counts: the application's own errors have types and reasons of their own. */
function ownCodesOf(error: unknown): readonly string[] {
  const codes = [readField(error, 'code'), readField(error, 'errors', 0, 'reason')];
  return codes.filter((code) => typeof code === 'string');
}

/** `{ error: 'insufficient_quota' }`; the client of OpenAI keeps the text only. */
function isWord(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value);
}

const messageNames = ['message', 'messages', 'msg', 'detail', 'error_description', 'title'];

function messageOf(error: unknown, detail: unknown): string {
  const message = (firstText(detail, messageNames) ?? firstText(error, ['message']) ?? '').trim();
  const text = message.replace(/^[1-5]\d\d (?=\S)/, '');
  // A proxy's page can quote anything.
  return text.startsWith('<') ? '' : text;
}

function firstText(source: unknown, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = readField(source, name);
    // Rules search the text, and a longer one says no more.
    if (typeof text === 'string' && text !== '') return text.slice(0, maxText);
  }
  return undefined;
}

/** A hostile object, such as a revoked proxy, says nothing. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
