import { describe, expect, it } from 'vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { classify, judge, makeClient } from './provoke-youtube-error.ts';

describe('errors without a response', () => {
  const network = { kind: 'transient', reason: 'network' };
  const aborted = { kind: 'caller-error', reason: 'aborted' };

  it('classifies cut connections and redirects as a network failure', async () => {
    expect(await judge('reset')).toEqual(network);
    expect(await judge('reset-mid-body')).toEqual(network);
    expect(await judge({ status: 302, headers: { location: 'http://127.0.0.1:1/other' } })).toEqual(network);
  });

  it('takes a time limit for trouble, and leaves a cancellation to the caller', async () => {
    expect(await judge('hang', { timeout: 50 })).toEqual({ kind: 'transient', reason: 'timeout' });
    expect(await judge('hang', { timeout: 50, signal: new AbortController().signal })).toMatchObject({
      reason: 'timeout',
    });
    expect(classify({ code: 'TimeoutError' })).toMatchObject({ kind: 'transient' });
    expect(await judge('hang', { signal: AbortSignal.timeout(20) })).toEqual({ kind: 'transient', reason: 'timeout' });
    expect(await judge('hang', { signal: abortSoon(), timeout: 10_000 })).toEqual(aborted);
    expect(classify(new DOMException('Too late', 'TimeoutError'))).toEqual({ kind: 'transient', reason: 'timeout' });
    expect(classify(new DOMException('Aborted', 'AbortError'))).toEqual(aborted);
  });

  it('classifies missing required parameters as a caller error', async () => {
    const client = await makeClient({ rootUrl: 'http://127.0.0.1:1/' });
    const error: unknown = await client.videos.list({}).catch((thrown: unknown) => thrown);
    expect(classify(error)).toEqual({ kind: 'caller-error', reason: 'missing_parameters' });
  });

  it('returns undefined for anything else', () => {
    const unrelated = [
      new Error('Something broke per day'),
      new TypeError('x is not a function'),
      new SyntaxError('Unexpected token'),
      Object.assign(new Error('No such file'), { code: 'ENOENT' }),
      { status: 200 },
      Object.assign(new Error('Bad row'), { data: { id: 5 } }),
    ];
    expect(unrelated.map(classify)).toEqual(unrelated.map(() => undefined));
  });
});

// The conformance test covers the values that every adapter must survive.
describe('values that only look like an error of this provider', () => {
  const broken = (): never => {
    throw new Error('Do not read me');
  };
  const cyclic: Record<string, unknown> = { status: 503 };
  cyclic['response'] = cyclic;
  cyclic['data'] = cyclic;
  cyclic['error'] = cyclic;
  cyclic['cause'] = cyclic;

  const garbage: readonly unknown[] = [
    'quotaExceeded',
    cyclic,
    Object.freeze({ status: 429, response: Object.freeze({ data: null, headers: null }) }),
    { status: '429', code: {}, response: 'none' },
    { status: 403, response: { data: { error: { errors: 'none', details: 'none', message: 5 } } } },
    { status: 403, response: { data: { error: { errors: [null], details: [null, undefined, 5, { reason: 5 }] } } } },
    {
      status: 429,
      response: { headers: { 'retry-after': {} }, data: { error: { details: [{ retryDelay: 'soon' }] } } },
    },
    { status: 403, response: { data: { error: { errors: [Object.defineProperty({}, 'reason', { get: broken })] } } } },
    {
      status: 403,
      response: { data: { error: { message: '-', details: Object.defineProperty([], 0, { get: broken }) } } },
    },
    { status: 503, headers: { get: broken } },
  ];

  it('never throws and returns the same verdict twice', () => {
    for (const error of garbage) expect(classify(error)).toEqual(classify(error));
    expect(classify(cyclic)).toEqual({ kind: 'transient', reason: 'http_503' });
  });
});
