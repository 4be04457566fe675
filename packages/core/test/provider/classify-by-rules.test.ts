import { classifyByRules, readFailure, type ErrorTable, type ErrorVerdict } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';

const now = Date.UTC(2026, 6, 1, 12);
const observed = { source: 'https://example.com', evidence: 'observed' } as const;
const outOfCredit = { kind: 'quota-exhausted', scope: 'group', recheckAfterMs: 3_600_000 } as const;

const table: ErrorTable = {
  rules: [
    { codes: ['out_of_credits', /^no_\w+_left$/], judgement: outOfCredit, ...observed },
    {
      statuses: [400, 403],
      text: /key is wrong/i,
      reason: 'wrong_key',
      judgement: { kind: 'invalid-key' },
      ...observed,
    },
    { statuses: [418], judgement: { kind: 'transient' }, ...observed },
    { codes: ['slow_down'], judgement: { kind: 'rate-limited', unstatedWaitMs: 5000 }, ...observed },
    {
      codes: ['monthly'],
      judgement: (_failure, context) => ({
        kind: 'quota-exhausted',
        resetsAtMs: context.now + 1,
        reason: 'until_month',
      }),
      ...observed,
    },
    { codes: ['perhaps'], judgement: () => undefined, ...observed },
  ],
  affected: () => ({ group: 'acme', bucket: 'model-1' }),
};

interface Said {
  readonly code?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function judge(status: number | undefined, { headers, ...error }: Said = {}): ErrorVerdict | undefined {
  const thrown = Object.assign(new Error('Request failed'), { status, headers, body: { error } });
  return classifyByRules(readFailure(thrown), { now }, table);
}

describe('the first rule that matches', () => {
  it('matches a code with any status, also without one', () => {
    const verdict = { ...outOfCredit, group: 'acme', bucket: 'model-1' };
    for (const status of [400, 429, 503, undefined]) {
      expect(judge(status, { code: 'out_of_credits' })).toEqual({ ...verdict, reason: 'out_of_credits' });
    }
    expect(judge(429, { code: 'no_tokens_left' })).toEqual({ ...verdict, reason: 'no_tokens_left' });
  });

  it('matches a text with one of its statuses', () => {
    const verdict = { kind: 'invalid-key', reason: 'wrong_key' };
    expect(judge(403, { message: 'Your key is wrong.' })).toEqual(verdict);
    expect(judge(undefined, { message: 'Your key is wrong.' })).toEqual(verdict);
    expect(judge(404, { message: 'Your key is wrong.' })).toEqual({ kind: 'caller-error', reason: 'http_404' });
    expect(classifyByRules(readFailure(new Error('Your key is wrong.')), { now }, table)).toBeUndefined();
  });

  it('matches a status alone', () => {
    expect(judge(418)).toEqual({ kind: 'transient', reason: 'http_418' });
    expect(judge(undefined, { message: 'Something went wrong.' })).toBeUndefined();
  });

  it('can compute its verdict, or refuse', () => {
    const headers = { 'retry-after': '60' };
    expect(judge(429, { code: 'monthly', headers })).toEqual({
      kind: 'quota-exhausted',
      reason: 'until_month',
      bucket: 'model-1',
      resetsAtMs: now + 1,
    });
    expect(judge(503, { code: 'perhaps' })).toEqual({ kind: 'transient', reason: 'http_503' });
  });
});

describe('without a rule', () => {
  it.each([
    [400, 'caller-error'],
    [401, 'invalid-key'],
    [402, 'quota-exhausted'],
    [403, 'caller-error'],
    [408, 'transient'],
    [429, 'rate-limited'],
    [500, 'transient'],
  ])('the status %i decides: %s', (status, kind) => {
    expect(judge(status)).toMatchObject({ kind, reason: `http_${status}` });
  });

  it('a failure of the network or a time limit is transient, and anything else is open', () => {
    const judgeError = (error: unknown) => classifyByRules(readFailure(error), { now }, table);
    expect(judgeError(new TypeError('fetch failed'))).toEqual({ kind: 'transient', reason: 'network' });
    expect(judgeError(new DOMException('x', 'TimeoutError'))).toEqual({ kind: 'transient', reason: 'timeout' });
    expect(judgeError(new DOMException('x', 'AbortError'))).toEqual({ kind: 'caller-error', reason: 'aborted' });
    expect(judgeError(new Error('x'))).toBeUndefined();
  });

  it('a failure that the provider declares final is not repeated', () => {
    const headers = { 'x-should-retry': 'false' };
    expect(judge(500, { headers })).toEqual({ kind: 'caller-error', reason: 'http_500' });
    expect(judge(500, { headers: { 'x-should-retry': 'true' } })).toMatchObject({ kind: 'transient' });
    // Says that this key is refused, so the next one can serve the call.
    expect(judge(429, { headers })).toMatchObject({ kind: 'rate-limited' });
    expect(judge(429, { headers, code: 'out_of_credits' })).toMatchObject({ kind: 'quota-exhausted' });
  });
});

describe('a stated wait', () => {
  it.each([
    ['retry-after', '7', 7000],
    ['retry-after', '30s', 30_000],
    ['retry-after', 'Wed Jul  1 12:00:45 2026', 45_000],
    ['retry-after', 'Wednesday, 01-Jul-26 12:00:45 GMT', 45_000],
    ['retry-after', '2026-07-01T12:00:45', 45_000],
    ['retry-after', String(now + 45_000), 45_000],
    ['retry-after', String(now / 1000 + 45), 45_000],
    ['retry-after-ms', '250', 250],
    ['x-ms-retry-after-ms', '250', 250],
    ['x-ratelimit-retry-after', '9', 9000],
    ['ratelimit-reset', '12', 12_000],
    ['x-ratelimit-reset', String(now + 12_000), 12_000],
  ])('is read from %s: %s', (name, value, retryAfterMs) => {
    expect(judge(429, { headers: { [name]: value } })).toMatchObject({ kind: 'rate-limited', retryAfterMs });
  });

  it('replaces the one of a rule', () => {
    expect(judge(429, { code: 'slow_down' })).toMatchObject({ retryAfterMs: 5000 });
    expect(judge(429, { code: 'slow_down', headers: { 'retry-after': '1' } })).toMatchObject({ retryAfterMs: 1000 });
    const spent = judge(402, { code: 'out_of_credits', headers: { 'retry-after': '90' } });
    expect(spent).toMatchObject({ resetsAtMs: now + 90_000 });
    expect(spent).not.toHaveProperty('recheckAfterMs');
  });

  it('is the reset of a gateway too, where the limits of the provider fill up again', () => {
    const thrown = Object.assign(new Error('x'), { status: 429, headers: { 'ratelimit-reset': '12' } });
    const verdict = classifyByRules(readFailure(thrown), { now }, { rules: [], limits: { refills: true } });
    expect(verdict).toMatchObject({ kind: 'rate-limited', retryAfterMs: 12_000 });
  });

  it('is not the reset of a limit of which something is left', () => {
    const headers = { 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '12' };
    expect(judge(429, { headers })).not.toHaveProperty('retryAfterMs');
  });
});
