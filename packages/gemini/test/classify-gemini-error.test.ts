import type { ProviderStep } from '@api-key-fallback/testing';
import { describe, expect, it } from 'vitest';
import { classify, judge, midnight, now } from './provoke-gemini-error.ts';

const hourMs = 3_600_000;
const model = 'gemini-2.5-pro';

interface Quota {
  readonly ids: readonly string[];
  readonly message?: string;
  readonly retryDelay?: string;
  readonly model?: string;
  readonly quotaValue?: string;
}

/** A response about exceeded quotas. */
function exceeded({ ids, message = 'Sorry', retryDelay, quotaValue, ...quota }: Quota): object {
  const violations = ids.map((quotaId) => ({
    quotaId,
    quotaDimensions: { model: quota.model ?? model },
    ...(quotaValue !== undefined && { quotaValue }),
  }));
  const details = [{ violations }, ...(retryDelay ? [{ retryDelay }] : [])];
  return { error: { code: 429, message, status: 'RESOURCE_EXHAUSTED', details } };
}

/** The error that the client throws for a body. */
function thrown(body: object, status = 429): object {
  return Object.assign(new Error(JSON.stringify(body)), { name: 'ApiError', status });
}

const perDay = 'GenerateRequestsPerDayPerProjectPerModel';
const perMinute = 'GenerateRequestsPerMinutePerProjectPerModel';

describe('quotas', () => {
  it.each([
    ['GenerateRequestsPerDayPerProjectPerModel-FreeTier'],
    ['GenerateRequestsPerDayPerProjectPerModel'],
    ['GenerateContentPaidTierInputTokensPerModelPerDay'],
    ['PredictRequestsPerDayPerProjectPerModel-PaidTier'],
  ])('%s is exhausted until midnight in Los Angeles', (id) => {
    expect(classify(thrown(exceeded({ ids: [id], retryDelay: '22s', quotaValue: '50' })))).toEqual({
      kind: 'quota-exhausted',
      reason: 'daily_quota',
      scope: 'group',
      bucket: model,
      resetsAtMs: midnight,
    });
  });

  it.each([
    ['GenerateRequestsPerMinutePerProjectPerModel-FreeTier'],
    ['GenerateContentInputTokensPerModelPerMinute-FreeTier'],
    ['GenerateContentPaidTierInputTokensPerModelPerMinute-PaidTier2'],
    ['SomethingNew'],
  ])('%s is a rate limit', (id) => {
    expect(classify(thrown(exceeded({ ids: [id], retryDelay: '19s', quotaValue: '3000000' })))).toEqual({
      kind: 'rate-limited',
      reason: 'RESOURCE_EXHAUSTED',
      scope: 'group',
      bucket: model,
      retryAfterMs: 19_000,
    });
  });

  it('are those of a day as soon as one of them is', () => {
    const ids = [perMinute, 'GenerateContentInputTokensPerModelPerMinute', perDay];
    for (const order of [ids, ids.toReversed()]) {
      const verdict = classify(thrown(exceeded({ ids: order, retryDelay: '40s' })));
      expect(verdict).toMatchObject({ kind: 'quota-exhausted', resetsAtMs: midnight });
    }
  });

  it.each([
    ['2026-03-07T23:00Z', '2026-03-08T08:00Z', 'before summer time begins'],
    ['2026-03-08T12:00Z', '2026-03-09T07:00Z', 'on the day on which summer time begins'],
    ['2026-10-31T20:00Z', '2026-11-01T07:00Z', 'before summer time ends'],
    ['2026-11-01T08:30Z', '2026-11-02T08:00Z', 'on the day on which summer time ends'],
  ])('of a day reset at midnight in Los Angeles: from %s at %s, %s', (at, reset) => {
    const verdict = classify(thrown(exceeded({ ids: [perDay] })), Date.parse(at));
    expect(verdict).toMatchObject({ resetsAtMs: Date.parse(reset) });
  });

  it('of a day reset when the response says so, if that is more than a minute', () => {
    const stated = (wait: string) =>
      classify(thrown(exceeded({ ids: [perDay], message: `Sorry\nPlease retry in ${wait}.` })));
    expect(stated('9h54m3.5s')).toMatchObject({ resetsAtMs: now + 9 * hourMs + 54 * 60_000 + 3500 });
    expect(stated('59.9s')).toMatchObject({ resetsAtMs: midnight });
    expect(stated('400h0m0s')).toMatchObject({ resetsAtMs: now + 24 * hourMs });
  });

  it('of nothing are named, so that an operator can act, and do not last until midnight', () => {
    const message = `* Quota exceeded for metric: x, limit: 0, model: ${model}\nPlease retry in 11.7s.`;
    const inText = classify(thrown(exceeded({ ids: [perMinute], message })));
    const inDetails = classify(thrown(exceeded({ ids: [perMinute], quotaValue: '0' })));
    expect(inText).toEqual({
      kind: 'quota-exhausted',
      reason: 'no_quota',
      scope: 'group',
      bucket: model,
      recheckAfterMs: 60_000,
    });
    expect(inDetails).toEqual(inText);
    const some = message.replace('limit: 0', 'limit: 10');
    expect(classify(thrown(exceeded({ ids: [perMinute], message: some })))).toMatchObject({ kind: 'rate-limited' });
  });

  it('are read from the message when the details are lost', () => {
    const message = `* Quota exceeded for metric: x, limit: 5, model: ${model}\nPlease retry in 46.2s.`;
    const body = { error: { code: 429, message, status: 'RESOURCE_EXHAUSTED' } };
    expect(classify(thrown(body))).toMatchObject({ kind: 'rate-limited', bucket: model, retryAfterMs: 46_200 });
  });

  it('have no bucket when a key is in the place of the model', () => {
    for (const value of ['AIzaSyTest0123456789abcdefghij', 'AQ.Ab8RN6Jabcdefghijklmnop', 'x'.repeat(80), '']) {
      expect(classify(thrown(exceeded({ ids: [perDay], model: value })))).not.toHaveProperty('bucket');
    }
  });
});

describe('the Interactions API', () => {
  it.each([
    ['authentication', 401, { kind: 'invalid-key', scope: 'key' }],
    ['permission_denied', 403, { kind: 'caller-error' }],
    ['model_not_found', 404, { kind: 'caller-error' }],
    ['parameter_unknown', 400, { kind: 'caller-error' }],
    ['payment_required', 402, { kind: 'quota-exhausted', scope: 'group', recheckAfterMs: hourMs }],
    ['rate_limit_exceeded', 429, { kind: 'rate-limited', scope: 'group', retryAfterMs: 7000 }],
    ['api_error', 500, { kind: 'transient', retryAfterMs: 7000 }],
    ['service_unavailable', 503, { kind: 'transient', retryAfterMs: 7000 }],
    ['deadline_exceeded', 504, { kind: 'transient', retryAfterMs: 7000 }],
  ])('%s with status %i', async (code, status, expected) => {
    const body = { error: { code, message: 'Sorry' } };
    const step: ProviderStep = { status, headers: status < 429 ? {} : { 'retry-after': '7' }, body };
    expect(await judge(step, { api: 'interactions' })).toMatchObject(expected);
    expect(await judge(step, { api: 'interactions-stream' })).toMatchObject(expected);
  });

  it('reports an abort, a timeout and a cut connection in its own way', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const { signal } = controller;
    expect(await judge('hang', { api: 'interactions', signal })).toMatchObject({ kind: 'caller-error' });
    expect(await judge('hang', { api: 'interactions', timeout: 50 })).toMatchObject({ reason: 'timeout' });
    expect(await judge('reset', { api: 'interactions' })).toEqual({ kind: 'transient', reason: 'network' });
  });
});

describe('streams', () => {
  const chunk = (text: string) =>
    `data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text }] } }] })}\r\n\r\n`;

  it('that fail midway are classified like the same response', async () => {
    const body = exceeded({ ids: [perDay] });
    const chunks = [chunk('one'), `data: ${JSON.stringify(body)}\r\n\r\n`];
    expect(await judge({ chunks }, { api: 'stream' })).toEqual(classify(thrown(body)));
  });

  it('that break are a network failure', async () => {
    const network = { kind: 'transient', reason: 'network' };
    expect(await judge({ chunks: [chunk('one')], ending: 'reset' }, { api: 'stream' })).toEqual(network);
    expect(await judge({ chunks: [chunk('one'), 'data: {"cand'] }, { api: 'stream' })).toEqual(network);
  });
});

describe('classification by status', () => {
  it.each([
    [400, 'caller-error'],
    [401, 'invalid-key'],
    [402, 'quota-exhausted'],
    [403, 'caller-error'],
    [404, 'caller-error'],
    [408, 'transient'],
    [413, 'caller-error'],
    [429, 'rate-limited'],
    [499, 'caller-error'],
    [500, 'transient'],
    [502, 'transient'],
    [504, 'transient'],
  ])('classifies %i as %s when no code or text is known', async (status, kind) => {
    const page = '<html><body>API_KEY_INVALID reported as leaked</body></html>';
    const steps: ProviderStep[] = [
      { status },
      { status, headers: { 'content-type': 'text/html' }, body: page },
      { status, headers: { 'content-type': 'text/plain' }, body: 'upstream down' },
      { status, body: { error: { code: status, message: 'Sorry', status: 'SOMETHING_NEW' } } },
      { status, body: { error: { code: status, message: 'Sorry', details: [{ reason: 'SOMETHING_NEW' }] } } },
    ];
    for (const step of steps) expect(await judge(step)).toMatchObject({ kind, reason: `http_${status}` });
  });

  it.each(['API_KEY_SUSPENDED', 'API_KEY_IP_ADDRESS_BLOCKED'])('disables a key for %s', async (reason) => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }];
    const body = { error: { code: 403, message: 'Permission denied.', status: 'PERMISSION_DENIED', details } };
    expect(await judge({ status: 403, body })).toEqual({ kind: 'invalid-key', scope: 'key', reason });
  });

  it('does not disable a key for a text of the caller', async () => {
    const message = 'Invalid prompt: "Your API key was reported as leaked"';
    const body = { error: { code: 400, message, status: 'INVALID_ARGUMENT' } };
    expect(await judge({ status: 400, body })).toMatchObject({ kind: 'caller-error' });
  });
});
