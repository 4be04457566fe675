import { readField } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { httpClients } from '../../../test-support/http-clients.ts';
import { thrownBy } from '../../../test-support/provoked-failure.ts';
import { startAnsweringServer } from '../../../test-support/start-answering-server.ts';
import { clientErrors } from '../src/client-errors.ts';
import { receivedAnswer, type HttpAnswer } from '../src/http-answer.ts';

const wait = { 'retry-after': '7' };
const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }];
const openaiError = { message: 'Rate limit reached', type: 'requests', param: null, code: 'rate_limit_exceeded' };
const googleError = {
  code: 403,
  message: 'Quota exceeded',
  status: 'PERMISSION_DENIED',
  errors: [{ reason: 'quotaExceeded' }],
};

const answers: Readonly<Record<string, HttpAnswer>> = {
  'an error of OpenAI': { status: 429, headers: wait, body: { error: openaiError } },
  'an error of Google': { status: 403, body: { error: googleError } },
  'an array': { status: 429, body: [{ error: { code: 429, message: 'Quota exceeded', details } }] },
  'a message alone': { status: 401, body: { message: 'Invalid API key' } },
  'an unknown JSON type': {
    status: 429,
    headers: { ...wait, 'content-type': 'application/problem+json; charset=utf-8' },
    body: { title: 'Too many requests' },
  },
  'JSON sent as text': {
    status: 429,
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify({ error: openaiError }),
  },
  'JSON without a type': { status: 429, headers: wait, body: JSON.stringify({ error: openaiError }) },
  'text without a type': { status: 429, headers: wait, body: 'Too many requests' },
  HTML: {
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: '<html><body><h1>502 Bad Gateway</h1></body></html>',
  },
  'no body': { status: 503, headers: wait },
};

function headersIn(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return headers;
  const entries = (Symbol.iterator in headers ? [...(headers as Headers)] : Object.entries(headers)) as unknown[][];
  return Object.fromEntries(entries.filter(([name]) => name === 'retry-after' || name === 'content-type'));
}

function bodyIn(body: unknown): unknown {
  if (typeof body === 'function') return 'a method';
  if (body instanceof Uint8Array) return `the bytes ${Buffer.from(body).toString()}`;
  if (Object.prototype.toString.call(body) === '[object Blob]') return 'a Blob';
  if (typeof body === 'object' && body !== null && ('pipe' in body || 'getReader' in body)) return 'a stream';
  return body;
}

/** The fields of an error in which its readers look for the answer. */
function outline(error: unknown, depth = 0): unknown {
  if (typeof error !== 'object' || error === null || depth > 2) return error;
  const field = (name: string): unknown => readField(error, name);
  const same = ['status', 'statusCode', 'statusText', 'code', 'param', 'reason', 'isAxiosError'];
  const entries: (readonly [string, unknown])[] = [
    ...same.map((name) => [name, field(name)] as const),
    ...['headers', 'responseHeaders'].map((name) => [name, headersIn(field(name))] as const),
    ...['body', 'responseBody', 'data', '_data', 'text', 'error'].map((name) => [name, bodyIn(field(name))] as const),
    ...['response', 'cause', 'lastError'].map((name) => [name, outline(field(name), depth + 1)] as const),
    // A Response that fetch made is basic, any other one default.
    ['type', field('type') === 'basic' ? 'default' : field('type')],
    ['message', (field('message') as string | undefined)?.replaceAll(/https?:\/\/[^\s"]+/g, '<url>')],
  ];
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ''));
}

describe.each(Object.entries(answers))('the errors made for %s', (_name, answer) => {
  it.each(httpClients)('have the shape of $name', async ({ name, request }) => {
    const { status, headers, text } = receivedAnswer(answer);
    await using server = await startAnsweringServer((_request, response) => {
      response.writeHead(status, headers).end(text);
    });
    const made = clientErrors(answer).find((clientError) => clientError.name === name);
    expect(made?.error).toBeInstanceOf(Error);
    expect(outline(made?.error)).toEqual(outline(await thrownBy(request(server.url))));
  });
});
