import { describe, expect, it } from 'vitest';
import { abortSoon } from '../../../test-support/provoked-failure.ts';
import { answer, classify, judge } from './provoke-anthropic-error.ts';

describe('streams', () => {
  const inStream = (error: object) => ({
    chunks: [`event: error\ndata: ${JSON.stringify({ type: 'error', error, request_id: 'req_1' })}\n\n`],
  });

  it.each([
    ['authentication_error', 'invalid-key'],
    ['billing_error', 'quota-exhausted'],
    ['rate_limit_error', 'rate-limited'],
    ['api_error', 'transient'],
    ['timeout_error', 'transient'],
    ['invalid_request_error', 'caller-error'],
    ['permission_error', 'caller-error'],
    ['not_found_error', 'caller-error'],
  ])('classify the type %s of an error event as %s', async (type, kind) => {
    const verdict = await judge(inStream({ type, message: 'Sorry', details: null }), { stream: true });
    expect(verdict).toMatchObject({ kind });
  });

  it('use the code of an error event', async () => {
    const details = { error_code: 'enforced_spend_limit_reached' };
    const verdict = await judge(inStream({ type: 'rate_limit_error', message: 'Sorry', details }), { stream: true });
    expect(verdict).toMatchObject({ kind: 'quota-exhausted', reason: 'enforced_spend_limit_reached' });
  });

  it('leave an unknown error event to core', async () => {
    const unknown = inStream({ type: 'something_new', message: 'Sorry' });
    for (const step of [unknown, { chunks: ['event: error\ndata: Sorry\n\n'] }])
      expect(await judge(step, { stream: true })).toEqual({});
  });
});

describe('limits that an organisation set itself', () => {
  const limit = (message: string) => answer(400, { type: 'invalid_request_error', message });

  it('are checked again after an hour when no date is stated, or a date that has passed', async () => {
    for (const text of ['', ' You will regain access on 2026-06-01 at 00:00 UTC.', ' Access returns on 2026-99-99.']) {
      const verdict = await judge(limit(`You have reached your specified API usage limits.${text}`));
      expect(verdict).toEqual({
        kind: 'quota-exhausted',
        reason: 'usage_limits_reached',
        scope: 'group',
        recheckAfterMs: 3_600_000,
      });
    }
  });

  it('are not recognised in the text of a bad request', async () => {
    const quoted = 'messages.0.content: "You have reached your specified API usage limits" is not allowed';
    expect(await judge(limit(quoted))).toMatchObject({ kind: 'caller-error' });
    expect(await judge(limit('Say: your credit balance is too low'))).toMatchObject({ kind: 'caller-error' });
  });
});

describe('responses without a known type', () => {
  const page = { status: 529, headers: { 'content-type': 'text/html' }, body: '<html>invalid x-api-key</html>' };

  it.each([
    [400, 'caller-error'],
    [401, 'invalid-key'],
    [402, 'quota-exhausted'],
    [403, 'caller-error'],
    [404, 'caller-error'],
    [408, 'transient'],
    [413, 'caller-error'],
    [429, 'rate-limited'],
    [500, 'transient'],
    [504, 'transient'],
    [529, 'transient'],
  ])('are classified by their status: %i is %s', async (status, kind) => {
    for (const step of [{ status }, { ...page, status }, { status, body: { error: 'what?' } }, answer(status, null)])
      expect(await judge(step)).toMatchObject({ kind, reason: `http_${status}` });
  });
});

describe('errors without a response', () => {
  it('are network failures, cancellations or time limits', async () => {
    for (const step of ['reset', 'reset-mid-body', 'hang'] as const)
      expect(await judge(step)).toMatchObject({ kind: 'transient' });
    expect(await judge('reset-mid-body', { stream: true })).toMatchObject({ kind: 'transient' });
    expect(await judge('hang', { signal: abortSoon() })).toEqual({ kind: 'caller-error', reason: 'aborted' });
    expect(classify(new Error('Request was aborted.'))).toMatchObject({ kind: 'caller-error' });
  });

  it('are left to core when they are something else', () => {
    for (const error of [new TypeError('x is not a function'), new Error('Overloaded')])
      expect(classify(error)).toBeUndefined();
  });
});
