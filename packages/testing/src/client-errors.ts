import { readField } from '@api-key-fallback/core/adapter';
import { receivedAnswer, type HttpAnswer, type ReceivedAnswer } from './http-answer.ts';

/** The error that a client throws for an answer. */
export interface ClientError {
  /** The client, by the name of its package. */
  readonly name: string;
  readonly error: unknown;
  /** What is left of the answer in the error: some clients drop the body or the headers. */
  readonly kept: HttpAnswer;
}

interface ClientShape {
  readonly name: string;
  readonly errorOf: (answer: ReceivedAnswer) => Error;
  /** @default everything */
  readonly keeps?: (answer: ReceivedAnswer) => Partial<HttpAnswer>;
}

const url = 'https://api.example.com/';

function failed(message: string, fields: object, options?: ErrorOptions): Error {
  return Object.assign(new Error(message, options), fields);
}

function isJson(type: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json$/.test(type);
}

// Bytes, because a Response of a text adds a content type.
function responseTo({ status, statusText, headers, text }: ReceivedAnswer): Response {
  return new Response(Buffer.from(text), { status, statusText, headers });
}

/** Returns the text of a client that shows the body's message, else the body. */
function shownText(shown: unknown, { status, text }: ReceivedAnswer): string {
  const message = readField(shown, 'message');
  if (typeof message === 'string') return `${status} ${message}`;
  return `${status} ${shown === undefined ? text || 'status code (no body)' : JSON.stringify(shown)}`;
}

function openai(answer: ReceivedAnswer): Error {
  const error = readField(answer.json, 'error') ?? answer.json;
  const [code, param, type] = ['code', 'param', 'type'].map((name) => readField(error, name));
  const { status } = answer;
  return failed(shownText(error, answer), { status, headers: new Headers(answer.headers), error, code, param, type });
}

function anthropic(answer: ReceivedAnswer): Error {
  const { status, json } = answer;
  const type = readField(json, 'error', 'type') ?? null;
  return failed(shownText(json, answer), { status, headers: new Headers(answer.headers), error: json, type });
}

function googleGenAI({ status, statusText, type, text, json }: ReceivedAnswer): Error {
  const body = type === 'application/json' ? json : { error: { message: text, code: status, status: statusText } };
  return failed(JSON.stringify(body), { name: 'ApiError', status });
}

function gaxios(answer: ReceivedAnswer): Error {
  const { status, statusText, type, text, json } = answer;
  const isText = type === '' || type.startsWith('text/');
  const data = type === 'application/json' ? json : isText ? text : new Blob([text]);
  const message = typeof data === 'string' ? data : `Request failed with status code ${status}`;
  const error = readField(data, 'error');
  const cause = { message, code: status, status: statusText, ...(typeof error === 'object' ? error : {}) };
  const response = Object.assign(responseTo(answer), { data });
  return failed(cause.message, { config: {}, response, code: cause.code, status, error: undefined }, { cause });
}

/** The AI SDK keeps only the part of the body that its provider package knows, here that of OpenAI. */
function knownToAiSdk(json: unknown): object | undefined {
  const error = readField(json, 'error');
  if (typeof readField(error, 'message') !== 'string') return undefined;
  const known = ['message', 'type', 'param', 'code'].map((name) => [name, readField(error, name)]);
  return { error: Object.fromEntries(known.filter(([, value]) => value !== undefined)) };
}

function apiCallError({ status, statusText, headers, text, json }: ReceivedAnswer): Error {
  const data = knownToAiSdk(json);
  const message = data === undefined ? statusText : String(readField(data, 'error', 'message'));
  const isRetryable = status === 408 || status === 409 || status === 429 || status >= 500;
  const answer = { statusCode: status, responseHeaders: headers, responseBody: text, data };
  return failed(message, { name: 'AI_APICallError', url, requestBodyValues: {}, ...answer, isRetryable });
}

function retryError(answer: ReceivedAnswer): Error {
  const lastError = apiCallError(answer);
  return failed(`Failed after 2 attempts. Last error: ${lastError.message}`, {
    name: 'AI_RetryError',
    reason: 'maxRetriesExceeded',
    errors: [lastError, lastError],
    lastError,
  });
}

function undici({ status, headers, type, text, json }: ReceivedAnswer): Error {
  const body = type === 'application/json' ? (json ?? text) : type === 'text/plain' ? text : '';
  const fields = { statusCode: status, body, bodyTruncated: false, headers };
  return failed('Response Error', { name: 'ResponseError', code: 'UND_ERR_RESPONSE', ...fields });
}

function axios({ status, statusText, headers }: ReceivedAnswer, data: unknown): Error {
  const code = status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE';
  const response = { status, statusText, headers, data };
  const fields = { name: 'AxiosError', isAxiosError: true, code, config: {}, status, response };
  return failed(`Request failed with status code ${status}`, fields);
}

function got({ status, statusText, headers, text }: ReceivedAnswer): Error {
  const response = { statusCode: status, headers, body: text, rawBody: Buffer.from(text) };
  const fields = { name: 'HTTPError', code: 'ERR_NON_2XX_3XX_RESPONSE', response };
  return failed(`Request failed with status code ${status} (${statusText}): GET ${url}`, fields, { cause: {} });
}

function ky(answer: ReceivedAnswer): Error {
  const data = isJson(answer.type) ? answer.json : answer.text || undefined;
  const fields = { name: 'HTTPError', response: responseTo(answer), data };
  return failed(`Request failed with status code ${answer.status} ${answer.statusText}: GET ${url}`, fields);
}

function ofetch(answer: ReceivedAnswer): Error {
  const { status, statusText, type, text, json } = answer;
  const data = (type === '' || isJson(type) ? json : undefined) ?? text;
  const response = Object.assign(responseTo(answer), { _data: data });
  const fields = { status, statusCode: status, statusText, statusMessage: statusText, data, response };
  const error = failed(`[GET] "${url}": ${status} ${statusText}`, { name: 'FetchError' });
  const getters = Object.entries(fields).map(([name, value]) => [name, { get: () => value }]);
  return Object.defineProperties(error, Object.fromEntries(getters));
}

function superagent({ status, statusText, headers, type, text, json }: ReceivedAnswer): Error {
  const body = isJson(type) ? json : {};
  const error = failed(`cannot GET / (${status})`, { status, text, method: 'GET', path: '/' });
  return failed(statusText, { status, response: { status, statusCode: status, headers, type, body, text, error } });
}

function awsSdk({ status, headers, text }: ReceivedAnswer): Error {
  const $metadata = { httpStatusCode: status, attempts: 1, totalRetryDelay: 0 };
  const error = failed('UnknownError', { name: 'UnknownError', $fault: 'client', $metadata });
  // The body has been read already, into fields of the error that only AWS knows.
  const body = new Response(text).body;
  return Object.defineProperty(error, '$response', { value: { statusCode: status, headers, body } });
}

const clients: readonly ClientShape[] = [
  { name: 'openai', errorOf: openai },
  { name: '@anthropic-ai/sdk', errorOf: anthropic },
  { name: '@google/genai', errorOf: googleGenAI, keeps: () => ({ headers: {} }) },
  {
    name: '@googleapis/youtube',
    errorOf: gaxios,
    keeps: ({ type }) => (/^(?:$|application\/json$|text\/)/.test(type) ? {} : { body: '' }),
  },
  { name: 'ai (APICallError)', errorOf: apiCallError },
  { name: 'ai (RetryError)', errorOf: retryError },
  {
    name: 'fetch, by status',
    errorOf: ({ status, headers }) => failed(`HTTP ${status}`, { status, headers: new Headers(headers) }),
    keeps: () => ({ body: '' }),
  },
  {
    name: 'fetch, with the body',
    errorOf: ({ status, headers, text }) =>
      failed(`HTTP ${status}`, { status, headers: new Headers(headers), body: text }),
  },
  {
    name: 'node-fetch',
    errorOf: ({ status, headers, text }) =>
      failed(`HTTP ${status}`, { status, headers: new URLSearchParams(headers), body: text }),
  },
  {
    name: 'undici',
    errorOf: undici,
    keeps: ({ type }) => (type === 'application/json' || type === 'text/plain' ? {} : { body: '' }),
  },
  { name: 'axios', errorOf: (answer) => axios(answer, answer.json ?? answer.text) },
  { name: 'axios, as text', errorOf: (answer) => axios(answer, answer.text) },
  { name: 'axios, as an ArrayBuffer', errorOf: (answer) => axios(answer, Buffer.from(answer.text)) },
  { name: 'axios, through fetch', errorOf: (answer) => axios(answer, answer.json ?? answer.text) },
  { name: 'got', errorOf: got },
  { name: 'ky', errorOf: ky },
  { name: 'ofetch', errorOf: ofetch },
  { name: 'superagent', errorOf: superagent },
  { name: 'the AWS SDK', errorOf: awsSdk, keeps: () => ({ body: '' }) },
];

/** Returns the errors that common HTTP clients throw for an answer. */
export function clientErrors(answer: HttpAnswer): readonly ClientError[] {
  const received = receivedAnswer(answer);
  return clients.map(({ name, errorOf, keeps }) => ({
    name,
    error: errorOf(received),
    kept: { ...answer, ...keeps?.(received) },
  }));
}
