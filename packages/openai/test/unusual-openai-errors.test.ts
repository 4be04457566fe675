import { describe, expect, it } from 'vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { classify, judge } from './provoke-openai-error.ts';

describe('streams', () => {
  const eventStream = { 'content-type': 'text/event-stream' };

  it('classifies an error in a stream like the same error response', async () => {
    const error = { message: 'Sorry', type: 'insufficient_quota', param: null, code: 'credit_balance_exhausted' };
    const body = `data: {"choices":[]}\n\ndata: ${JSON.stringify({ error })}\n\n`;
    const verdict = await judge({ status: 200, headers: eventStream, body }, { stream: 'chat' });
    expect(verdict).toMatchObject({ kind: 'quota-exhausted', scope: 'group', recheckAfterMs: 3_600_000 });
  });

  it('classifies error events of the Responses API, flat or nested', async () => {
    const code = 'server_is_overloaded';
    const flat = { type: 'error', code, message: 'Sorry', param: null, sequence_number: 1 };
    const nested = { type: 'error', error: { type: 'service_unavailable_error', code, message: 'Sorry' } };
    for (const event of [flat, nested]) {
      const body = `event: error\ndata: ${JSON.stringify(event)}\n\n`;
      const verdict = await judge({ status: 200, headers: eventStream, body }, { stream: 'responses' });
      expect(verdict).toEqual({ kind: 'transient', reason: code });
    }
  });

  it('matches known texts in a stream too', async () => {
    const error = { message: 'Request too large for gpt-5.6', type: 'tokens', code: 'rate_limit_exceeded' };
    const body = `data: ${JSON.stringify({ error })}\n\n`;
    expect(await judge({ status: 200, headers: eventStream, body }, { stream: 'chat' })).toMatchObject({
      kind: 'caller-error',
    });
  });
});

describe('errors without a response', () => {
  const network = { kind: 'transient', reason: 'network' };
  const timeout = { kind: 'transient', reason: 'timeout' };

  it('classifies refused, cut and timed-out connections as a network failure', async () => {
    expect(await judge('reset')).toEqual(network);
    expect(await judge('reset-mid-body')).toEqual(network);
    expect(await judge('hang')).toEqual(timeout);
    expect(await judge('reset-mid-body', { stream: 'chat' })).toEqual(network);
  });

  it('leaves a cancellation to the caller, and retries after a time limit', async () => {
    const aborted = { kind: 'caller-error', reason: 'aborted' };
    expect(await judge('hang', { signal: abortSoon() })).toEqual(aborted);
    expect(await judge('hang', { signal: AbortSignal.timeout(20) })).toEqual(timeout);
    expect(classify(new DOMException('Aborted', 'AbortError'))).toEqual(aborted);
    expect(classify(new DOMException('Too late', 'TimeoutError'))).toEqual(timeout);
  });

  it('recognises client errors when a bundler has minified class names', () => {
    expect(classify(new Error('Request was aborted.'))).toMatchObject({ kind: 'caller-error' });
    expect(classify(new Error('Request timed out.'))).toEqual(timeout);
    expect(classify(new Error('Connection error.'))).toEqual(network);
  });

  it('returns undefined for anything else', () => {
    const unrelated = [
      new Error('Something broke'),
      new TypeError('x is not a function'),
      new SyntaxError('Unexpected token'),
      new Error('Missing scopes'),
      Object.assign(new Error('No such file'), { code: 'ENOENT' }),
      { status: 200 },
      { status: 304 },
    ];
    expect(unrelated.map(classify)).toEqual(unrelated.map(() => undefined));
  });
});

// The conformance test covers the values that every adapter must survive.
describe('values that only look like an error of this provider', () => {
  const broken = (): never => {
    throw new Error('Do not read me');
  };
  const cyclic: Record<string, unknown> = { status: 429, headers: {} };
  cyclic['error'] = cyclic;
  cyclic['cause'] = cyclic;

  const garbage: readonly unknown[] = [
    'rate_limit_exceeded',
    cyclic,
    Object.freeze({ status: 429, code: {}, type: [], message: null, headers: null }),
    { status: '429', code: 429, type: 5, message: {}, headers: 'retry-after: 5' },
    { status: Number.NaN, headers: { 'retry-after': {}, 'RETRY-AFTER-MS': [] } },
    { status: 503, headers: { 'retry-after': Symbol('soon') } },
    { status: 429, headers: Object.defineProperty({}, 'retry-after', { enumerable: true, get: broken }) },
    { status: 429, headers: { get: broken } },
    { status: 429, headers: { get: () => null } },
  ];

  it('never throws and returns the same verdict twice', () => {
    for (const error of garbage) expect(classify(error)).toEqual(classify(error));
    expect(classify(cyclic)).toEqual({ kind: 'rate-limited', reason: 'http_429', scope: 'key' });
  });
});
