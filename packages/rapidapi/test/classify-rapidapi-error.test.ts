import { describe, expect, it } from 'vitest';
import { answer, classify, football, judge, noon, weather } from './play-rapidapi.ts';

const hour = 3_600_000;
const onHost = { scope: 'key', bucket: weather };

describe('an invalid key', () => {
  const invalidOnHost = { kind: 'invalid-key', ...onHost };

  it('is invalid on one host without a subscription there or with a blocked user', async () => {
    expect(await judge(answer(403, 'You are not subscribed to this API.'))).toEqual({
      ...invalidOnHost,
      reason: 'not_subscribed',
    });
    expect(await judge({ status: 403, body: { message: 'you are Not Subscribed' } })).toMatchObject(invalidOnHost);
    expect(await judge(answer(401, 'Blocked User. Please contact your API provider.'))).toEqual({
      ...invalidOnHost,
      reason: 'blocked_user',
    });
  });

  it('is invalid on every host when the gateway does not know it', async () => {
    const invalid = { kind: 'invalid-key', reason: 'invalid_api_key', scope: 'key' };
    expect(await judge(answer(401, 'Invalid API key. Go to …'))).toEqual(invalid);
    const fromGateway = { 'x-rapidapi-proxy-response': 'true' };
    expect(await judge({ status: 401, headers: fromGateway, body: { messages: 'Invalid API key' } })).toEqual(invalid);
  });

  it('is invalid on one host only, when the gateway says something else or a vendor sends its text', async () => {
    const guess = { ...invalidOnHost, reason: 'invalid_api_key' };
    expect(await judge(answer(401, 'Something new'))).toEqual(guess);
    expect(await judge({ status: 401, headers: { 'x-rapidapi-proxy-response': 'TRUE' } })).toEqual(guess);
    expect(await judge({ status: 401, body: { message: 'Invalid API key' } })).toEqual(guess);
  });

  it('stays valid when the plan lacks the endpoint', async () => {
    const disabled = { kind: 'caller-error', reason: 'endpoint_disabled' };
    const text = 'This endpoint is disabled for your subscription';
    expect(await judge(answer(401, text))).toEqual(disabled);
    expect(await judge({ status: 401, body: { message: text } })).toEqual(disabled);
  });

  it('stays valid when the API behind the gateway refuses the call', async () => {
    const refused = { kind: 'caller-error' };
    expect(await judge({ status: 401, body: { message: 'Log in first' } })).toMatchObject(refused);
    expect(await judge({ status: 401, headers: { 'x-rapidapi-proxy-response': 'false' } })).toMatchObject(refused);
    expect(await judge({ status: 403, body: { message: 'Private video' } })).toMatchObject(refused);
    expect(await judge(answer(403, 'Forbidden'))).toMatchObject(refused);
    expect(await judge({ status: 400, body: { message: 'Invalid API key format in parameter q' } })).toMatchObject(
      refused,
    );
  });
});

describe('an exhausted quota', () => {
  const text = 'You have exceeded the MONTHLY quota for Credits on your current plan, BASIC.';
  const quota = { kind: 'quota-exhausted', reason: 'quota_exceeded', ...onHost };
  const judgeQuota = (headers: Readonly<Record<string, string>>, message = text) =>
    judge(answer(429, message, headers));

  it('lasts until the latest reset of the exhausted quotas', async () => {
    const headers = {
      'x-ratelimit-requests-remaining': '97',
      'x-ratelimit-requests-reset': '900000',
      'x-ratelimit-credits-remaining': '0',
      'x-ratelimit-credits-reset': '7200',
      'x-ratelimit-rapid-free-plans-hard-limit-limit': '500000',
      'x-ratelimit-rapid-free-plans-hard-limit-remaining': '-1',
      'x-ratelimit-rapid-free-plans-hard-limit-reset': '2676584',
    };
    expect(await judgeQuota(headers)).toEqual({ ...quota, resetsAtMs: noon + 2_676_584_000 });
    expect(await judgeQuota({ ...headers, 'x-ratelimit-rapid-free-plans-hard-limit-remaining': '1' })).toEqual({
      ...quota,
      resetsAtMs: noon + 2 * hour,
    });
  });

  it('reads a large reset as a timestamp', async () => {
    const reset = String(noon / 1000 + 5 * 3600);
    const headers = { 'x-ratelimit-requests-remaining': '0', 'x-ratelimit-requests-reset': reset };
    expect(await judgeQuota(headers)).toEqual({ ...quota, resetsAtMs: noon + 5 * hour });
    for (const other of ['2026-07-01T17:00:00Z', '2026-07-01 17:00:00', String(noon + 5 * hour)]) {
      expect(await judgeQuota({ ...headers, 'x-ratelimit-requests-reset': other })).toMatchObject({
        resetsAtMs: noon + 5 * hour,
      });
    }
  });

  it('is rechecked after an hour without a valid reset', async () => {
    const again = { ...quota, recheckAfterMs: hour };
    const unknown = ['', 'soon', '-5', '0', String(noon - 1), String(noon / 1000 - 60)];
    for (const reset of unknown) {
      const headers = { 'x-ratelimit-credits-remaining': '0', 'x-ratelimit-credits-reset': reset };
      expect(await judgeQuota(headers)).toEqual(again);
    }
    expect(await judgeQuota({})).toEqual(again);
    expect(await judgeQuota({ 'x-ratelimit-credits-reset': '60' })).toEqual(again);
  });

  it('ignores the reset of the rate limit', async () => {
    const rate = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '42', 'retry-after': '5' };
    expect(await judgeQuota(rate)).toEqual({ ...quota, recheckAfterMs: hour });
  });

  it.each(['HOURLY', 'DAILY', 'Monthly'])('is recognised for every window: %s', async (window) => {
    expect(await judgeQuota({}, `You have exceeded the ${window} quota for Requests`)).toMatchObject(quota);
  });
});

describe('a rate limit', () => {
  const limited = { kind: 'rate-limited', reason: 'rate_limit_exceeded', ...onHost };
  const perMinute = 'You have exceeded the rate limit per minute for your plan, BASIC, by the API provider';
  const rate = { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '42' };

  it('uses the wait from retry-after, then the reset, then the text', async () => {
    const all = { ...rate, 'retry-after': '7' };
    expect(await judge(answer(429, perMinute, all))).toEqual({ ...limited, retryAfterMs: 7000 });
    expect(await judge(answer(429, perMinute, { ...all, 'retry-after-ms': '250' }))).toMatchObject({
      retryAfterMs: 250,
    });
    expect(await judge(answer(429, perMinute, rate))).toEqual({ ...limited, retryAfterMs: 42_000 });
    expect(await judge(answer(429, `${perMinute}. Try again in 9s`))).toMatchObject({ retryAfterMs: 9000 });
    expect(await judge(answer(429, perMinute))).toEqual({ ...limited, retryAfterMs: 60_000 });
  });

  it.each([
    ['per second', 1000],
    ['per minute', 60_000],
    ['per hour', hour],
    ['per day', 24 * hour],
    ['per month', 24 * hour],
  ])('lasts for the window named in the text: %s', async (window, retryAfterMs) => {
    const text = `You have exceeded the rate limit ${window} for your plan, MEGA, by the API provider`;
    expect(await judge(answer(429, text))).toEqual({ ...limited, retryAfterMs });
  });

  it('ignores the reset of a limit that is not exhausted', async () => {
    expect(await judge(answer(429, perMinute, { ...rate, 'x-ratelimit-remaining': '3' }))).toMatchObject({
      retryAfterMs: 60_000,
    });
    expect(await judge(answer(429, perMinute, { ...rate, 'x-ratelimit-remaining': '-1' }))).toMatchObject({
      retryAfterMs: 42_000,
    });
    expect(await judge(answer(429, perMinute, { 'x-ratelimit-reset': '42' }))).toMatchObject({ retryAfterMs: 42_000 });
  });

  it('reads a reset as a timestamp or a duration, capped at a day', async () => {
    const at = (reset: string) => judge(answer(429, 'Too many requests', { 'x-ratelimit-reset': reset }));
    expect(await at(String(noon / 1000 + 30))).toEqual({ ...limited, retryAfterMs: 30_000 });
    expect(await at(String(noon + 30_000))).toEqual({ ...limited, retryAfterMs: 30_000 });
    expect(await at('2026-07-01T12:00:30')).toEqual({ ...limited, retryAfterMs: 30_000 });
    expect(await at('0.5')).toEqual({ ...limited, retryAfterMs: 500 });
    expect(await at('200000')).toEqual({ ...limited, retryAfterMs: 24 * hour });
    for (const nonsense of ['soon', '-1', 'NaN', 'Infinity', String(noon - 1), '900000000']) {
      expect(await at(nonsense)).toEqual(limited);
    }
  });

  it('is recognised from any sender, with or without a quota of the plan', async () => {
    expect(await judge({ status: 429, body: '<html>Slow down</html>' })).toEqual(limited);
    const quota = { 'x-ratelimit-requests-remaining': '0', 'x-ratelimit-requests-reset': '18000' };
    expect(await judge(answer(429, 'Too many requests', quota))).toEqual(limited);
  });
});

describe('any other response', () => {
  it('is transient when the gateway or the API behind it fails', async () => {
    for (const status of [408, 500, 502, 503, 504]) {
      expect(await judge({ status, body: '<html>Oops</html>' })).toEqual({
        kind: 'transient',
        reason: `http_${status}`,
      });
    }
    expect(await judge({ status: 503, headers: { 'retry-after': '3' } })).toMatchObject({ retryAfterMs: 3000 });
  });

  it('is transient for a 5xx with any text', async () => {
    expect(await judge(answer(500, 'Invalid API key'))).toMatchObject({ kind: 'transient' });
    expect(await judge(answer(503, 'You are not subscribed to this API.'))).toMatchObject({ kind: 'transient' });
  });

  it('is a caller error', async () => {
    for (const status of [304, 400, 402, 404, 409, 413, 422]) {
      expect(await judge(answer(status, 'DAILY quota'))).toEqual({ kind: 'caller-error', reason: `http_${status}` });
    }
  });
});

describe('errors of other clients', () => {
  it('are read from their own fields for status, headers and body', () => {
    const response = { status: 429, headers: { 'X-RateLimit-Reset': '5' }, data: { message: 'Too many requests' } };
    const limited = { kind: 'rate-limited', reason: 'rate_limit_exceeded', scope: 'key', retryAfterMs: 5000 };
    expect(classify({ message: 'Request failed with status code 429', response })).toEqual(limited);
    const unsubscribed = Object.assign(new Error('403: You are not subscribed to this API.'), { status: 403 });
    expect(classify(unsubscribed)).toEqual({ kind: 'invalid-key', reason: 'not_subscribed', scope: 'key' });
  });

  it('affect the host named by the operation of the call', () => {
    const error = Object.assign(new Error('Blocked User.'), { status: 401 });
    expect(classify(error, football)).toMatchObject({ kind: 'invalid-key', bucket: football });
    const headers = { 'X-RapidAPI-Host': weather };
    expect(classify(Object.assign(error, { headers }), football)).toMatchObject({ bucket: weather });
  });
});
