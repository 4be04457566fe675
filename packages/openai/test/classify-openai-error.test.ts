import type { ProviderStep } from '@api-key-fallback/testing';
import { describe, expect, it } from 'vitest';
import { answer, classify, judge } from './provoke-openai-error.ts';

const hourMs = 3_600_000;

describe('classification by code, type and text', () => {
  it.each([
    ['organization_usage_limit_exceeded', 429, 'quota-exhausted', 'group'],
    ['billing_hard_limit_reached', 400, 'quota-exhausted', 'group'],
    ['billing_limit_user_error', 400, 'quota-exhausted', 'group'],
    ['insufficient_quota', 403, 'quota-exhausted', 'group'],
    ['moderation_blocked', 400, 'caller-error', undefined],
    ['content_policy_violation', 400, 'caller-error', undefined],
    ['model_not_found', 403, 'caller-error', undefined],
    ['server_is_overloaded', 429, 'transient', undefined],
    ['server_error', 429, 'transient', undefined],
    ['rate_limit_exceeded', 403, 'rate-limited', 'key'],
  ])('code %s decides, with status %i too', async (code, status, kind, scope) => {
    const verdict = await judge(answer(status, { message: 'Sorry', type: 'invalid_request_error', param: null, code }));
    expect(verdict).toMatchObject({ kind, reason: code });
    expect(verdict['scope']).toBe(scope);
  });

  it.each([
    ['insufficient_quota', 429, 'quota-exhausted'],
    ['billing_not_active', 429, 'quota-exhausted'],
    ['tokens', 429, 'rate-limited'],
    ['requests', 429, 'rate-limited'],
    ['rate_limit_error', 400, 'rate-limited'],
    ['service_unavailable_error', 400, 'transient'],
    ['server_error', 400, 'transient'],
  ])('type %s decides when the code is null, absent or unknown', async (type, status, kind) => {
    for (const code of [{ code: null }, {}, { code: 'something_new' }]) {
      expect(await judge(answer(status, { message: 'Sorry', type, ...code }))).toMatchObject({ kind, reason: type });
    }
  });

  it('distinguishes an exhausted project from an exhausted organisation', async () => {
    const type = 'insufficient_quota';
    const headers = { 'openai-organization': 'org-abc' };
    const project = { message: 'Sorry', type, code: 'project_spend_limit_exceeded' };
    const organization = { message: 'Sorry', type, code: 'organization_spend_limit_exceeded' };
    expect(await judge(answer(429, project, headers))).toEqual({
      kind: 'quota-exhausted',
      reason: 'project_spend_limit_exceeded',
      scope: 'key',
      recheckAfterMs: hourMs,
    });
    expect(await judge(answer(429, organization, headers))).toEqual({
      kind: 'quota-exhausted',
      reason: 'organization_spend_limit_exceeded',
      scope: 'group',
      group: 'org-abc',
      recheckAfterMs: hourMs,
    });
  });

  it('does not disable a restricted key', async () => {
    const message =
      'You have insufficient permissions for this operation. Missing scopes: model.request. Check that you have the correct role.';
    for (const text of [message, 'Missing scopes: api.model.read']) {
      const verdict = await judge(
        answer(401, { message: text, type: 'invalid_request_error', param: null, code: null }),
      );
      expect(verdict).toEqual({ kind: 'caller-error', reason: 'missing_scopes' });
    }
  });

  it('classifies the 401 for a missing or blank key as an invalid key', async () => {
    const message = "You didn't provide an API key. You need to provide your API key in an Authorization header.";
    const verdict = await judge(answer(401, { message, type: 'invalid_request_error', param: null, code: null }));
    expect(verdict).toEqual({ kind: 'invalid-key', reason: 'http_401', scope: 'key' });
  });

  it('does not cool a key for a request that exceeds the limit on its own', async () => {
    const message = 'Request too large for gpt-5.6 on tokens per min (TPM): Limit 30000, Requested 36278.';
    const headers = { 'retry-after': '20' };
    for (const code of ['rate_limit_exceeded', null]) {
      const verdict = await judge(answer(429, { message, type: 'tokens', param: null, code }, headers));
      expect(verdict).toEqual({ kind: 'caller-error', reason: 'request_too_large' });
    }
    const mentioned = { message: 'Rate limit reached. Request too large? See the docs.', code: 'rate_limit_exceeded' };
    expect(await judge(answer(429, mentioned))).toMatchObject({ kind: 'rate-limited' });
  });

  it('uses the model of a limit as the bucket', async () => {
    const error = (message: string) => ({ message, type: 'requests', param: null, code: 'rate_limit_exceeded' });
    const named =
      'Rate limit reached for ft:gpt-4o:acme:x in organization org-abc on requests per day (RPD): Limit 200.';
    expect(await judge(answer(429, error(named)))).toMatchObject({ kind: 'rate-limited', bucket: 'ft:gpt-4o:acme:x' });
    expect(await judge(answer(429, error('Rate limit exceeded')))).not.toHaveProperty('bucket');
  });

  it('reads bodies without the `error` wrapper', async () => {
    const flat = { message: 'Sorry', type: 'insufficient_quota', code: null };
    expect(await judge({ status: 429, body: flat })).toMatchObject({ kind: 'quota-exhausted', scope: 'group' });
    const code = { message: 'Sorry', code: 'invalid_api_key' };
    expect(await judge({ status: 400, body: code })).toMatchObject({ kind: 'invalid-key', reason: 'invalid_api_key' });
  });

  it('reads the response from a custom error', () => {
    const error = Object.assign(new Error('Call failed'), { status: 429, error: { code: 'credit_balance_exhausted' } });
    expect(classify(error)).toMatchObject({ kind: 'quota-exhausted', scope: 'group' });
  });
});

describe('classification by status', () => {
  const html = { 'content-type': 'text/html' };
  const page = '<html><head><title>Sorry</title></head><body>insufficient_quota</body></html>';

  it.each([
    [400, 'caller-error'],
    [401, 'invalid-key'],
    [402, 'quota-exhausted'],
    [403, 'caller-error'],
    [404, 'caller-error'],
    [408, 'transient'],
    [409, 'transient'],
    [413, 'caller-error'],
    [422, 'caller-error'],
    [429, 'rate-limited'],
    [500, 'transient'],
    [502, 'transient'],
    [504, 'transient'],
    [529, 'transient'],
  ])('classifies %i as %s when no code, type or text is known', async (status, kind) => {
    const steps: ProviderStep[] = [
      { status },
      { status, headers: html, body: page },
      { status, headers: { 'content-type': 'application/json' }, body: '{"error":' },
      { status, body: [{ error: 'what?' }] },
      { status, body: { error: 'what?' } },
      answer(status, { message: 'Sorry', type: null, param: null, code: null }),
      answer(status, { message: 'Sorry', type: 'invalid_request_error', code: status }),
    ];
    for (const step of steps) expect(await judge(step)).toMatchObject({ kind, reason: `http_${status}` });
  });
});

describe('waits', () => {
  const code = 'rate_limit_exceeded';
  const message = 'Rate limit reached for gpt-5.6 on requests per min (RPM): Limit 3. Please try again in 7m12s.';
  const usedUp = {
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '1h0m3s',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '120ms',
  };

  async function waitOf(text: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    return (await judge(answer(429, { message: text, type: 'requests', code }, headers)))['retryAfterMs'];
  }

  it('come from retry-after-ms, retry-after, the message and an exhausted limit, in this order', async () => {
    const retryAfter = { ...usedUp, 'retry-after': '2.5' };
    expect(await waitOf(message, { ...retryAfter, 'retry-after-ms': '1500' })).toBe(1500);
    expect(await waitOf(message, retryAfter)).toBe(2500);
    expect(await waitOf(message, usedUp)).toBe(432_000);
    // All 60 requests are back after 3,603 s, so the next one has room after a sixtieth of that.
    expect(await waitOf('Rate limit reached', usedUp)).toBe(60_050);
    expect(await waitOf('Rate limit reached')).toBeUndefined();
  });

  it('accept an HTTP date', async () => {
    expect(await waitOf(message, { 'retry-after': 'Wed, 01 Jul 2026 12:01:30 GMT' })).toBe(90_000);
  });

  it('skip values that are not a time', async () => {
    for (const nonsense of ['-5', 'soon', 'NaN', 'Infinity', '', 'Wed, 01 Jul 2026 11:00:00 GMT']) {
      expect(await waitOf(message, { 'retry-after-ms': nonsense, 'retry-after': nonsense })).toBe(432_000);
    }
  });

  it('ignore the reset of a limit that is unknown or not exhausted', async () => {
    for (const remaining of ['1', '-1', '29000', 'none']) {
      const headers = { 'x-ratelimit-remaining-tokens': remaining, 'x-ratelimit-reset-tokens': '6m0s' };
      expect(await waitOf('Rate limit reached', headers)).toBeUndefined();
    }
  });

  it('are capped at 24 hours', async () => {
    expect(await waitOf(message, { 'retry-after': '604800' })).toBe(24 * hourMs);
    const overloaded = { message: 'Sorry', type: 'service_unavailable_error', code: 'server_is_overloaded' };
    expect(await judge(answer(503, overloaded, { 'retry-after': '604800' }))).toMatchObject({
      retryAfterMs: 24 * hourMs,
    });
  });

  it('default to 60 seconds for slow_down', async () => {
    const slowDown = { message: 'Slow down', type: 'rate_limit_error', code: 'slow_down' };
    const group = { 'openai-organization': 'org-abc' };
    expect(await judge(answer(429, slowDown, group))).toEqual({
      kind: 'rate-limited',
      reason: 'slow_down',
      scope: 'group',
      group: 'org-abc',
      retryAfterMs: 60_000,
    });
    expect(await judge(answer(503, slowDown, { 'retry-after': '5' }))).toMatchObject({ retryAfterMs: 5000 });
  });

  it('are read from a 429 or 503 with an empty body', async () => {
    const headers = { 'retry-after': '7' };
    expect(await judge({ status: 429, headers })).toMatchObject({ kind: 'rate-limited', retryAfterMs: 7000 });
    expect(await judge({ status: 503, headers })).toMatchObject({ kind: 'transient', retryAfterMs: 7000 });
  });
});
