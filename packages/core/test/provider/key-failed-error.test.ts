import { InvalidOptionsError, KeyFailedError } from '@api-key-fallback/core';
import { describe, expect, it, vi } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { ok, scriptKeys, throws } from '../scripted-keys.ts';

describe('a KeyFailedError', () => {
  it.each([
    [new KeyFailedError('quota-exhausted', { resetsAtMs: 5000 }), 'cooling', 5000],
    [new KeyFailedError('quota-exhausted'), 'cooling', 3_600_000],
    [new KeyFailedError('quota-exhausted', { recheckAfterMs: 7000 }), 'cooling', 7000],
    [new KeyFailedError('rate-limited', { retryAfterMs: 9000 }), 'cooling', 9000],
    [new KeyFailedError('invalid-key', { recheckAfterMs: 9000 }), 'disabled', 9000],
  ])('judges its key, before the option and the adapter: %s', async (error, state, availableAtMs) => {
    const callersFault = () => ({ kind: 'caller-error', reason: 'mine' }) as const;
    const keys = scriptKeys({ K1: [throws(error)], K2: [ok] }, { adapter: { classifyError: callersFault } });
    const failed = recordEvents(keys.manager, ['attempt.failed']);
    await expect(keys.call({ classifyError: callersFault })).resolves.toBe('K2');
    expect(keys.calls).toEqual(['K1', 'K2']);
    expect(keys.sleeps).toEqual([]);
    expect(keys.key('K1')).toMatchObject({ state, availableAtMs });
    expect(failed).toMatchObject([['attempt.failed', { reason: 'reported_by_method' }]]);
  });

  it('of kind transient is retried like any transient failure', async () => {
    const keys = scriptKeys({ K1: [throws(new KeyFailedError('transient')), ok] });
    await expect(keys.call()).resolves.toBe('K1');
    expect(keys.sleeps).toEqual([100]);
  });

  it('with the scope of the group takes out the whole group', async () => {
    const error = new KeyFailedError('quota-exhausted', { scope: 'group' });
    const groups = { K1: 'a', K2: 'a', K3: 'b' };
    const keys = scriptKeys({ K1: [throws(error)], K2: [ok], K3: [ok] }, { groups });
    await expect(keys.call()).resolves.toBe('K3');
    expect(keys.calls).toEqual(['K1', 'K3']);
  });

  it('is repeated with idempotent: false only when its cause shows that nothing was done', async () => {
    const refused = Object.assign(new Error('busy'), { status: 503 });
    const keys = scriptKeys({ K1: [throws(new KeyFailedError('transient', { cause: refused }))], K2: [ok] });
    await expect(keys.call({ idempotent: false, maxRetries: 1 })).resolves.toBe('K2');
    const error = new KeyFailedError('transient', { cause: new Error('unclear') });
    const unclear = scriptKeys({ K1: [throws(error)], K2: [ok] });
    await expect(unclear.call({ idempotent: false }).catch((thrown: unknown) => thrown)).resolves.toBe(error);
  });

  it('says what happened, and keeps the cause out of what is printed', () => {
    const cause = Object.assign(new Error('out of credits'), { secret: 'hidden' });
    const error = new KeyFailedError('quota-exhausted', { cause });
    expect(error).toMatchObject({
      name: 'KeyFailedError',
      code: 'KEY_FAILED',
      message: 'quota-exhausted: out of credits',
    });
    expect(error.cause).toBe(cause);
    expect(new KeyFailedError('quota-exhausted', { cause: 'empty' }).message).toBe('quota-exhausted: empty');
  });

  it('of another copy of this package is recognised', async () => {
    vi.resetModules();
    const copy = await import('../../src/index.ts');
    const error = new copy.KeyFailedError('invalid-key');
    expect(KeyFailedError.isInstance(error)).toBe(true);
    const keys = scriptKeys({ K1: [throws(error)], K2: [ok] });
    await expect(keys.call()).resolves.toBe('K2');
    expect(keys.key('K1').state).toBe('disabled');
  });

  it('that ends a nested call of another provider blames no key of the outer call', async () => {
    const inner = scriptKeys(
      { I1: [() => Promise.reject(new KeyFailedError('transient'))] },
      { adapter: { name: 'inner' } },
    );
    const outer = scriptKeys({ K1: [() => inner.call({ idempotent: false })], K2: [ok] });
    await expect(outer.call()).rejects.toMatchObject({ code: 'KEY_FAILED', provider: 'inner' });
    expect(outer.calls).toEqual(['K1']);
    expect(outer.key('K1').state).toBe('healthy');
  });

  it('has a type for the options of each kind', () => {
    // @ts-expect-error a quota has no retryAfterMs
    expect(() => new KeyFailedError('quota-exhausted', { retryAfterMs: 1 })).toThrow(InvalidOptionsError);
    // @ts-expect-error a transient failure has no scope
    expect(() => new KeyFailedError('transient', { scope: 'group' })).toThrow(InvalidOptionsError);
    // @ts-expect-error not a kind
    expect(() => new KeyFailedError('quota')).toThrow(InvalidOptionsError);
  });

  it.each<[string, unknown, RegExp]>([
    ['out-of-money', {}, /one of transient, rate-limited, quota-exhausted, invalid-key; it is "out-of-money"/],
    ['caller-error', {}, /expects one of/],
    [
      'quota-exhausted',
      { retryAfterMs: 1 },
      /has no "retryAfterMs". It takes cause, resetsAtMs, recheckAfterMs, scope/,
    ],
    ['quota-exhausted', { resetsAtMs: new Date(0) }, /"resetsAtMs" must be a time in ms since the epoch/],
    ['rate-limited', { retryAfterMs: -1 }, /"retryAfterMs" must be a duration in ms from 0; it is -1/],
    ['rate-limited', { scope: 'all' }, /"scope" must be 'key' or 'group'; it is "all"/],
    ['transient', 'text', /expects an object/],
  ])('refuses %s %j and says what to write', (kind, options, message) => {
    const make = () => new KeyFailedError(kind as 'transient', options as object);
    expect(make).toThrow(InvalidOptionsError);
    expect(make).toThrow(message);
  });
});
