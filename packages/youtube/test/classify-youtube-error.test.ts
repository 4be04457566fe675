import type { ProviderStep } from '@api-key-fallback/testing';
import { describe, expect, it } from 'vitest';
import { classify, judge, midnight } from './provoke-youtube-error.ts';

const hourMs = 3_600_000;

interface Said {
  readonly message?: string;
  /** From `errors[0]`. */
  readonly reason?: string;
  readonly domain?: string;
  /** The reason in the ErrorInfo of `details`. */
  readonly detail?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

function answer(status: number, said: Said): ProviderStep {
  const { message = 'Sorry', reason, domain = 'global', detail, metadata = {}, headers = {} } = said;
  const errors = reason === undefined ? {} : { errors: [{ message, domain, reason }] };
  const help = { '@type': 'type.googleapis.com/google.rpc.Help', links: [] };
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: detail,
    domain: 'googleapis.com',
    metadata,
  };
  const details = detail === undefined ? {} : { details: [help, info] };
  return { status, headers, body: { error: { code: status, message, ...errors, ...details } } };
}

describe('classification by reason', () => {
  const metadata = { consumer: 'projects/123456789012', service: 'youtube.googleapis.com' };
  const group = 'projects/123456789012';

  it.each([
    ['API_KEY_INVALID', { kind: 'invalid-key', scope: 'key' }],
    ['API_KEY_SERVICE_BLOCKED', { kind: 'invalid-key', scope: 'key' }],
    ['API_KEY_HTTP_REFERRER_BLOCKED', { kind: 'invalid-key', scope: 'key' }],
    ['API_KEY_ANDROID_APP_BLOCKED', { kind: 'invalid-key', scope: 'key' }],
    ['CONSUMER_SUSPENDED', { kind: 'invalid-key', scope: 'group', group }],
    ['CONSUMER_INVALID', { kind: 'invalid-key', scope: 'group', group }],
    ['SERVICE_DISABLED', { kind: 'invalid-key', scope: 'group', group, recheckAfterMs: 600_000 }],
    ['BILLING_DISABLED', { kind: 'quota-exhausted', scope: 'group', group, recheckAfterMs: hourMs }],
  ])('%s in details decides, whatever the status and the reason in errors', async (detail, verdict) => {
    for (const [status, reason] of [
      [400, 'badRequest'],
      [403, 'forbidden'],
      [429, 'rateLimitExceeded'],
    ] as const) {
      expect(await judge(answer(status, { reason, detail, metadata }))).toEqual({ ...verdict, reason: detail });
    }
  });

  it.each([
    ['keyInvalid', { kind: 'invalid-key', scope: 'key' }],
    ['keyExpired', { kind: 'invalid-key', scope: 'key' }],
    ['ipRefererBlocked', { kind: 'invalid-key', scope: 'key' }],
    ['accessNotConfigured', { kind: 'invalid-key', scope: 'group', recheckAfterMs: 600_000 }],
  ])('%s in errors decides when there are no details', async (reason, verdict) => {
    expect(await judge(answer(400, { reason, domain: 'usageLimits' }))).toEqual({ ...verdict, reason });
    expect(await judge(answer(403, { reason, domain: 'usageLimits' }))).toEqual({ ...verdict, reason });
  });

  it('never uses a printed key as a group', async () => {
    const consumer = 'api_key:{{KEY}}';
    const message = "Permission denied: Consumer 'api_key:{{KEY}}' has been suspended.";
    const verdict = await judge(
      answer(403, { message, reason: 'forbidden', detail: 'CONSUMER_SUSPENDED', metadata: { consumer } }),
    );
    expect(verdict).toEqual({ kind: 'invalid-key', scope: 'group', reason: 'CONSUMER_SUSPENDED' });
  });

  it('reads bodies without the `error` wrapper, and reasons on the error itself', async () => {
    const errors = [{ domain: 'youtube.quota', reason: 'quotaExceeded', message: 'Sorry' }];
    const flat = { code: 403, message: 'Sorry', errors };
    const verdict = { kind: 'quota-exhausted', bucket: 'default', resetsAtMs: midnight };
    expect(await judge({ status: 403, body: flat })).toMatchObject(verdict);
    expect(classify(Object.assign(new Error('Sorry'), flat))).toMatchObject(verdict);
    expect(classify({ error: flat })).toMatchObject(verdict);
  });
});

describe('classification of limits', () => {
  it.each([
    ['quotaExceeded', 403, 'DefaultPerMinutePerProject'],
    ['rateLimitExceeded', 429, 'DefaultPerMinutePerProject'],
    ['rateLimitExceeded', 403, 'defaultPer100SecondsPerUser'],
    ['userRateLimitExceeded', 403, 'QueriesPerSecondPerUser'],
  ])('%s with %i is a rate limit when the limit is %s', async (reason, status, limit) => {
    const metadata = { quota_limit: limit, consumer: 'projects/7' };
    const verdict = await judge(
      answer(status, { reason, domain: 'youtube.quota', detail: 'RATE_LIMIT_EXCEEDED', metadata }),
    );
    const group = 'projects/7';
    expect(verdict).toEqual({
      kind: 'rate-limited',
      reason,
      scope: 'group',
      group,
      bucket: 'default',
      retryAfterMs: 60_000,
    });
  });

  it.each([
    ['quotaExceeded', 403, 'DefaultPerDayPerProject', 'default'],
    ['rateLimitExceeded', 429, 'defaultSearchListPerDayPerProject', 'search.list'],
    ['rateLimitExceeded', 429, 'defaultVideosInsertPerDayPerProject', 'videos.insert'],
    ['userRateLimitExceeded', 403, 'DefaultPerDayPerProject', 'default'],
  ])('%s with %i is an exhausted daily quota when the limit is %s', async (reason, status, limit, bucket) => {
    const verdict = await judge(
      answer(status, { reason, detail: 'RATE_LIMIT_EXCEEDED', metadata: { quota_limit: limit } }),
    );
    expect(verdict).toEqual({ kind: 'quota-exhausted', reason, scope: 'group', bucket, resetsAtMs: midnight });
  });

  it.each([
    [
      "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service 'youtube.googleapis.com'",
      'rate-limited',
    ],
    ['Exceeded 100 queries per 100 seconds per user', 'rate-limited'],
    ['Too many requests per second', 'rate-limited'],
    ["Quota exceeded for quota metric 'Queries' and limit 'Queries per day'", 'quota-exhausted'],
  ])('"%s" decides the window without a limit id', async (message, kind) => {
    for (const said of [{ reason: 'quotaExceeded', domain: 'youtube.quota' }, { reason: 'rateLimitExceeded' }, {}]) {
      const status = said.reason ? 403 : 429;
      expect(await judge(answer(status, { message, ...said }))).toMatchObject({ kind, bucket: 'default' });
    }
  });

  it('prefers the limit id to the message', async () => {
    const metadata = { quota_limit: 'DefaultPerMinutePerProject' };
    const said = { message: 'Limit per day', reason: 'rateLimitExceeded', detail: 'RATE_LIMIT_EXCEEDED', metadata };
    expect(await judge(answer(429, said))).toMatchObject({ kind: 'rate-limited' });
  });

  it('classifies a limit without a window as daily only by reason or domain', async () => {
    const daily = { kind: 'quota-exhausted', bucket: 'default', resetsAtMs: midnight };
    expect(await judge(answer(403, { reason: 'dailyLimitExceeded', domain: 'usageLimits' }))).toMatchObject(daily);
    expect(await judge(answer(403, { reason: 'limitExceeded', domain: 'youtube.quota' }))).toMatchObject(daily);
    const throttle = { kind: 'rate-limited', scope: 'group', retryAfterMs: 60_000 };
    for (const reason of ['quotaExceeded', 'limitExceeded', 'servingLimitExceeded', 'userRateLimitExceeded']) {
      expect(await judge(answer(403, { reason, domain: 'usageLimits' }))).toEqual({ ...throttle, reason });
    }
    expect(await judge({ status: 429 })).toEqual({ ...throttle, reason: 'rateLimitExceeded' });
    const page = { 'content-type': 'text/html' };
    expect(await judge({ status: 429, headers: page, body: '<html>Sorry</html>' })).toMatchObject(throttle);
  });

  it.each([
    [{ description: "Quota exceeded for limit 'Queries per day'" }, 'quota-exhausted', 'default'],
    [
      { quotaId: 'SearchListPerDayPerProject', quotaMetric: 'youtube.googleapis.com/search' },
      'quota-exhausted',
      'search.list',
    ],
    [{ quotaId: 'VideosInsertPerDayPerProject' }, 'quota-exhausted', 'videos.insert'],
    [{ quotaId: 'DefaultPerMinutePerProject' }, 'rate-limited', 'default'],
  ])('reads the window and the bucket of the QuotaFailure %j', async (violation, kind, bucket) => {
    const perMinute = { quotaId: 'DefaultPerMinutePerProject' };
    const failure = { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [perMinute, violation] };
    const errors = [{ reason: 'rateLimitExceeded', domain: 'usageLimits', message: 'Quota exceeded' }];
    const error = { code: 429, message: 'Quota exceeded', status: 'RESOURCE_EXHAUSTED', errors, details: [failure] };
    expect(await judge({ status: 429, body: { error } })).toMatchObject({ kind, bucket });
  });

  it('reads the bucket from the metric and the message too', async () => {
    const metric = { quota_metric: 'youtube.googleapis.com/search_list', quota_limit: 'PerDay' };
    const said = { reason: 'rateLimitExceeded', detail: 'RATE_LIMIT_EXCEEDED', metadata: metric };
    expect(await judge(answer(429, said))).toMatchObject({ bucket: 'search.list' });
    const message = "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day'";
    expect(await judge(answer(429, { message }))).toMatchObject({ bucket: 'search.list' });
    const insert = "Quota exceeded for quota metric 'Videos Insert' and limit 'Videos Insert per day'";
    expect(await judge(answer(429, { message: insert }))).toMatchObject({ bucket: 'videos.insert' });
  });

  it('reports a project without any quota as noQuota', async () => {
    const metadata = { quota_limit: 'defaultSearchListPerDayPerProject', quota_limit_value: '0' };
    const verdict = await judge(answer(429, { reason: 'rateLimitExceeded', detail: 'RATE_LIMIT_EXCEEDED', metadata }));
    expect(verdict).toMatchObject({
      kind: 'quota-exhausted',
      reason: 'noQuota',
      bucket: 'search.list',
      resetsAtMs: midnight,
    });
  });

  it('uses the wait from the response, up to 24 hours', async () => {
    const throttle = { reason: 'rateLimitExceeded', domain: 'usageLimits' };
    expect(await judge(answer(429, { ...throttle, headers: { 'retry-after': '5' } }))).toMatchObject({
      retryAfterMs: 5000,
    });
    expect(await judge(answer(429, { ...throttle, message: 'Please retry in 7s.' }))).toMatchObject({
      retryAfterMs: 7000,
    });
    const tooLong = { 'retry-after': '604800' };
    expect(await judge(answer(429, { ...throttle, headers: tooLong }))).toMatchObject({ retryAfterMs: 24 * hourMs });
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '26s' }];
    const body = { error: { code: 429, message: 'Sorry', details } };
    expect(await judge({ status: 429, body })).toMatchObject({ kind: 'rate-limited', retryAfterMs: 26_000 });
  });
});

describe('classification by status', () => {
  const html = { 'content-type': 'text/html; charset=UTF-8' };
  const page = '<html><title>Error</title><body>quotaExceeded per day API_KEY_INVALID</body></html>';

  it.each([
    [400, 'caller-error'],
    [401, 'caller-error'],
    [403, 'caller-error'],
    [404, 'caller-error'],
    [409, 'caller-error'],
    [408, 'transient'],
    [500, 'transient'],
    [502, 'transient'],
    [503, 'transient'],
  ])('classifies %i as %s when no reason is known', async (status, kind) => {
    const steps: ProviderStep[] = [
      { status },
      { status, headers: html, body: page },
      { status, headers: { 'content-type': 'application/json' }, body: '{"error":' },
      { status, body: [] },
      { status, body: { error: 'what?' } },
      answer(status, { reason: 'somethingNew', detail: 'SOMETHING_NEW' }),
    ];
    for (const step of steps) expect(await judge(step)).toEqual({ kind, reason: `http_${status}` });
  });

  it('uses the wait from the headers', async () => {
    expect(await judge({ status: 503, headers: { 'retry-after': '3' } })).toEqual({
      kind: 'transient',
      reason: 'http_503',
      retryAfterMs: 3000,
    });
  });
});
