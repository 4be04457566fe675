import { readFailure, readHeader } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';

const quota = { error: { message: 'No credit left.', type: 'billing', code: 'out_of_credits' } };
const text = JSON.stringify(quota);
const headers = { 'retry-after': '3' };
const said = { kind: 'response', status: 429, message: 'No credit left.' };

function failed(fields: object, message = 'Request failed', options: ErrorOptions = {}): Error {
  return Object.assign(new Error(message, options), fields);
}

describe('a response', () => {
  it.each<[string, unknown]>([
    ['OpenAI', failed({ status: 429, headers, error: quota.error, code: 'out_of_credits' }, '429 No credit left.')],
    ['Anthropic', failed({ status: 429, headers, error: quota }, `429 ${text}`)],
    ['Google', failed({ status: 429, code: 429, response: { status: 429, headers, data: quota } })],
    ['axios', failed({ code: 'ERR_BAD_REQUEST', response: { status: 429, headers, data: quota } })],
    [
      'axios with an ArrayBuffer',
      failed({ response: { status: 429, headers, data: new TextEncoder().encode(text).buffer } }),
    ],
    ['axios with a Buffer', failed({ response: { status: 429, headers, data: Buffer.from(text) } })],
    ['got', failed({ code: 'ERR_NON_2XX_3XX_RESPONSE', response: { statusCode: 429, headers, body: text } })],
    ['ky', failed({ response: new Response(text, { status: 429, headers }), data: quota })],
    ['ofetch', failed({ status: 429, statusCode: 429, data: quota, response: { status: 429, headers } })],
    ['superagent', failed({ status: 429, response: { status: 429, headers, body: quota, text } })],
    ['superagent without a JSON type', failed({ status: 429, response: { status: 429, headers, body: {}, text } })],
    ['undici', failed({ code: 'UND_ERR_RESPONSE', statusCode: 429, headers, body: text })],
    ['the AI SDK', failed({ statusCode: 429, responseHeaders: headers, responseBody: text, data: quota })],
    [
      'the AI SDK after retries',
      failed({
        reason: 'maxRetriesExceeded',
        lastError: failed({ statusCode: 429, responseHeaders: headers, responseBody: text }),
      }),
    ],
    ['an error made by hand', failed({ status: '429', headers: new Headers(headers), body: text })],
    ['@google/genai', failed({ status: 429, headers }, text)],
    [
      '@google/genai with a text',
      failed(
        { status: 429, headers },
        `got status: 429 Too Many Requests. ${JSON.stringify({ error: { message: text, code: 429 } })}`,
      ),
    ],
    [
      'a cause',
      new Error('Search failed', {
        cause: new Error('wrapped', { cause: failed({ status: 429, headers, body: quota }) }),
      }),
    ],
    ['an AggregateError', new AggregateError([new Error('x'), failed({ status: 429, headers, body: quota })])],
    ['an array', failed({ status: 429, headers, body: [quota] })],
  ])('is read from the error of %s', (_client, error) => {
    const failure = readFailure(error);
    expect(failure).toMatchObject(said);
    expect(failure.codes).toEqual(expect.arrayContaining(['out_of_credits', 'billing']));
    expect(readHeader(failure.headers, 'retry-after')).toBe('3');
  });

  it.each<[string, unknown]>([
    ['AWS', Object.defineProperty(failed({ $metadata: {} }), '$response', { value: { statusCode: 429, headers } })],
    ['gRPC', failed({ code: 8, details: 'Quota exceeded', metadata: { get: () => ['3'], getMap: () => headers } })],
  ])('has the headers of %s', (_client, error) => {
    expect(readHeader(readFailure(error).headers, 'retry-after')).toBe('3');
  });

  it.each<[string, unknown, number]>([
    ['AWS', failed({ $metadata: { httpStatusCode: 503 } }), 503],
    ['gRPC', failed({ code: 8, details: 'Quota exceeded', metadata: {} }, '8 RESOURCE_EXHAUSTED: Quota exceeded'), 429],
    ['a name of gRPC in the body', failed({ body: { error: { status: 'UNAUTHENTICATED', message: 'x' } } }), 401],
    ['the code in a stream', failed({ headers: {}, error: { code: 502, message: 'x' } }), 502],
    ['the code as text in a stream', failed({ error: { code: '500', message: 'x' } }), 500],
    ['a response of 200 with an error in its body', failed({ status: 200, error: { code: 402 } }), 402],
    [
      'the body of Azure API Management',
      failed({ body: { statusCode: 429, message: 'Rate limit is exceeded.' } }),
      429,
    ],
    ['the body beside its error', failed({ body: { status: 403, error: { message: 'x' } } }), 403],
  ])('has the status of %s', (_where, error, status) => {
    expect(readFailure(error)).toMatchObject({ kind: 'response', status });
  });

  it.each<[string, unknown, string]>([
    ['error as a text', { code: 'permission-denied', error: 'Out of credits' }, 'Out of credits'],
    ['error as a name', { error: 'Forbidden', message: 'Not subscribed' }, 'Not subscribed'],
    [
      'a problem document',
      { status: 401, title: 'Unauthorized', detail: 'Authentication failed' },
      'Authentication failed',
    ],
    ['a bare message', { statusCode: 429, message: 'Slow down' }, 'Slow down'],
    ['messages', { messages: 'Timed out' }, 'Timed out'],
    ['a list of errors', { errors: [{ message: 'First', code: 'first' }] }, 'First'],
    ['details of FastAPI', { detail: [{ msg: 'field required' }] }, 'field required'],
    ['a text', 'error code: 1015', 'error code: 1015'],
  ])('has the message of a body with %s', (_shape, body, message) => {
    expect(readFailure(failed({ status: 429, body })).message).toBe(message);
  });

  it.each<[string, object]>([
    ['beside a text', { body: { error: 'out_of_credits', message: 'No credit left.' } }],
    ['alone', { body: { error: 'out_of_credits' } }],
    ['alone, in the error of OpenAI', { error: 'out_of_credits' }],
  ])('has the code of a body with error as a name %s', (_where, fields) => {
    expect(readFailure(failed({ status: 403, ...fields })).codes).toEqual(['out_of_credits']);
  });

  it('says nothing in an HTML page', () => {
    const page = '<!DOCTYPE html><title>insufficient_quota</title>';
    const failure = readFailure(failed({ status: 500, response: { status: 500, data: page } }, page));
    expect(failure).toMatchObject({ status: 500, body: undefined, message: '' });
  });

  it('has no status as a code', () => {
    expect(readFailure(failed({ status: 401, body: { error: { code: '401', type: 'auth_error' } } })).codes).toEqual([
      'auth_error',
    ]);
  });

  it('comes before the failure of the network that it followed', () => {
    const reset = failed({ code: 'ECONNRESET' });
    expect(readFailure(new Error('x', { cause: failed({ status: 503, cause: reset }) })).kind).toBe('response');
    expect(readFailure(failed({ code: 'ECONNRESET', response: { statusCode: 200 } })).kind).toBe('network');
  });
});

describe('no response', () => {
  it.each<[string, unknown, string]>([
    ['a refused connection', failed({ code: 'ECONNREFUSED' }), 'network'],
    ['React Native', new TypeError('Network request failed'), 'network'],
    ['Safari', new TypeError('The Internet connection appears to be offline.'), 'network'],
    ['Cloudflare Workers', new Error('Network connection lost.'), 'network'],
    [
      'a refused stream',
      failed({ code: 'ERR_HTTP2_STREAM_ERROR' }, 'Stream closed with error code NGHTTP2_REFUSED_STREAM'),
      'network',
    ],
    ['an abort', new DOMException('x', 'AbortError'), 'aborted'],
    [
      'an abort of gRPC',
      failed({ code: 1, details: 'Cancelled on client', metadata: { getMap: () => ({}) } }),
      'aborted',
    ],
    ['an abort inside another error', new Error('x', { cause: new DOMException('x', 'AbortError') }), 'aborted'],
    ['a timeout that aborted', failed({ code: 'TimeoutError', cause: new DOMException('x', 'AbortError') }), 'timeout'],
    [
      "an abort of Google's client",
      failed({ code: 'AbortError', config: { url: new URL('http://localhost') } }),
      'aborted',
    ],
    ['a time limit', new DOMException('x', 'TimeoutError'), 'timeout'],
    [
      'a time limit reported as an abort',
      failed({ name: 'AbortError', cause: new DOMException('x', 'TimeoutError') }),
      'timeout',
    ],
    ['a bug', new TypeError('x is not a function'), 'unknown'],
    ['an error of the application that quotes JSON', new Error(`Invalid row: ${text}`), 'unknown'],
    ['an error of the application with a number', failed({ code: 429 }), 'unknown'],
    ['an error of the application with a number and metadata', failed({ code: 16, metadata: { row: 1 } }), 'unknown'],
    ['an error of the application with the name of a status', failed({ status: 'UNAVAILABLE' }), 'unknown'],
    ['nothing', undefined, 'unknown'],
  ])('is %s', (_what, error, kind) => {
    expect(readFailure(error)).toMatchObject({ kind, status: undefined, codes: expect.any(Array) });
  });

  it('has no type or reason of the application as a code', () => {
    const own = failed({ code: 'own', type: 'requests', reason: 'rate_limit_exceeded', status: 'UNAVAILABLE' });
    expect(readFailure(own)).toMatchObject({ kind: 'unknown', codes: ['own'] });
  });

  it('is read from values that cannot be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const hostile = { status: 429, body: proxy, error: proxy, cause: proxy, headers: proxy, message: proxy };
    expect(readFailure(hostile)).toMatchObject({ kind: 'response', status: 429, message: '' });
    expect(readFailure(proxy).kind).toBe('unknown');
  });
});
