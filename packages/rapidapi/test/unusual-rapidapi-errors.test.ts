import { describe, expect, it } from 'vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { rapidApiAdapter } from '../src/index.ts';
import { classify, judge, noon, play } from './play-rapidapi.ts';

describe('errors without a response', () => {
  const network = { kind: 'transient', reason: 'network' };

  it('classifies cut connections as a network failure', async () => {
    expect(await judge('reset')).toEqual(network);
    expect(await judge('reset-mid-body')).toEqual(network);
  });

  it('classifies a refused connection as a network failure', async () => {
    await using running = await play([['ok']]);
    await running.server.close();
    await expect(running.service.forecast('/v1/today')).rejects.toMatchObject({ reason: 'unavailable' });
    expect(running.service.errors.map((error) => classify(error))).toEqual([network, network, network]);
  });

  it('leaves a cancellation to the caller, and retries after a time limit', async () => {
    const aborted = { kind: 'caller-error', reason: 'aborted' };
    expect(await judge('hang', abortSoon())).toEqual(aborted);
    expect(await judge('hang', AbortSignal.timeout(20))).toEqual({ kind: 'transient', reason: 'timeout' });
  });

  it('returns undefined for anything else', () => {
    const unrelated = [
      new Error('You are not subscribed to this API.'),
      new TypeError('x is not a function'),
      new SyntaxError('Unexpected token'),
      { status: 200 },
      { status: 999 },
      { code: 'ENOENT' },
      Object.assign(new Error('Bad row'), { data: { id: 5 } }),
    ];
    expect(unrelated.map((error) => classify(error))).toEqual(unrelated.map(() => undefined));
  });
});

// The conformance test covers the values that every adapter must survive.
describe('values that only look like an error of this provider', () => {
  const broken = (): never => {
    throw new Error('Do not read me');
  };
  const cyclic: Record<string, unknown> = { status: 429, headers: {} };
  cyclic['body'] = cyclic;
  cyclic['cause'] = cyclic;

  const headersOfAnyKind: readonly unknown[] = [
    undefined,
    null,
    'x-ratelimit-reset: 5',
    [],
    [429, null, ['x-ratelimit-reset'], ['x-ratelimit-reset', Symbol('soon')], [Symbol('x')]],
    new Map([['x-ratelimit-reset', {}]]),
    { 'x-ratelimit-remaining': {}, 'x-ratelimit-reset': [], 'x-ratelimit-requests-reset': Symbol('soon') },
    { 'x-ratelimit-remaining': Number.NaN, 'x-ratelimit-reset': Number.POSITIVE_INFINITY },
    Object.defineProperty({}, 'x-ratelimit-reset', { enumerable: true, get: broken }),
    { get: broken, [Symbol.iterator]: broken },
    { [Symbol.iterator]: 5 },
    new Proxy({}, { get: broken, ownKeys: broken, has: broken }),
  ];
  const garbage: readonly unknown[] = [
    'DAILY quota',
    cyclic,
    Object.freeze({ status: 429, body: null, message: null, headers: null }),
    { status: '429', headers: 'retry-after: 5' },
    { status: Number.NaN },
    { status: 401, body: { message: { text: 'Invalid API key' } } },
    { status: 401, body: 'Invalid API key', host: 5 },
    {
      status: 429,
      get host(): string {
        return broken();
      },
    },
    ...headersOfAnyKind.map((headers) => ({ status: 429, headers, body: { message: 'DAILY quota' } })),
  ];

  it('never throws and returns the same verdict twice', () => {
    for (const error of garbage) expect(classify(error)).toEqual(classify(error));
    expect(classify(cyclic)).toEqual({ kind: 'rate-limited', reason: 'rate_limit_exceeded', scope: 'key' });
  });

  it('never throws for invalid headers and reads no limits from them', () => {
    for (const headers of headersOfAnyKind) {
      const limits = rapidApiAdapter.readLimits?.(headers as Record<string, unknown>, { now: noon });
      expect(limits?.every(({ remaining }) => Number.isFinite(remaining)) ?? true).toBe(true);
    }
  });
});
