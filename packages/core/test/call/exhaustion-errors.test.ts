import { inspect } from 'node:util';
import {
  AllKeysFailedError,
  ApiKeyFallbackError,
  ApiKeyManager,
  KeyFailedError,
  type FallbackOptions,
} from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import {
  invalidKey,
  ok,
  quotaExhausted,
  returns,
  rateLimited,
  scriptedAdapter,
  scriptKeys,
  transient,
  takes,
  throws,
  type Script,
  type ScriptedKeys,
} from '../scripted-keys.ts';

async function failureOf({ call }: ScriptedKeys, options?: FallbackOptions): Promise<AllKeysFailedError> {
  const error = await call(options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AllKeysFailedError);
  return error as AllKeysFailedError;
}

/** How one call fails on keys that behave so. */
async function exhausted(script: Script): Promise<{ reason: string; retryAfterMs: number | undefined }> {
  const { reason, retryAfterMs } = await failureOf(scriptKeys(script), { maxRetries: 1 });
  return { reason, retryAfterMs };
}

describe('AllKeysFailedError', () => {
  it('says what an operator needs', async () => {
    const limited = () => {
      throw Object.assign(new Error('Rate limit exceeded'), { status: 429, headers: { 'retry-after': '60' } });
    };
    const labelled = ['OPENAI_API_KEY', 'OPENAI_API_KEY_2'].map((label) => ({ key: `secret-${label.length}`, label }));
    const adapter = { ...scriptedAdapter, displayName: 'OpenAI' };
    const runtime = new FakeRuntime();
    const manager = new ApiKeyManager(adapter, labelled, { logger: false, runtime });
    const error = await manager.retryWithFallback(limited).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message:
        'All 2 keys of OpenAI failed after 2 attempts (rate-limited). Last, with OPENAI_API_KEY_2: Rate limit exceeded. ' +
        'The first key is available again in 60 s.',
      isBudgetSpent: false,
      attempts: [
        { label: 'OPENAI_API_KEY', ordinal: 1, attemptNumber: 1, durationMs: 0 },
        { label: 'OPENAI_API_KEY_2', ordinal: 2, attemptNumber: 1, durationMs: 0 },
      ],
    });
    await expect(manager.retryWithFallback(limited)).rejects.toThrow(
      'No key of OpenAI is available (rate-limited). The first key is available again in 60 s.',
    );
  });

  it('counts the keys that were tried, and how long each attempt took', async () => {
    const keys = scriptKeys({ K1: [takes(70, rateLimited(5000))], K2: [ok], K3: [ok] }, { stepped: false });
    keys.manager.disable('K2');
    keys.manager.disable('K3');
    const error = await keys.call().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message:
        '1 of 3 keys of Scripted failed after 1 attempt, the others are not available (mixed). ' +
        'Last, with key 1: scripted failure. The first key is available again in 5 s.',
      attempts: [{ durationMs: 70 }],
    });
  });

  it('lists the attempts in order and carries the last error itself', async () => {
    const errors = [1, 2, 3, 4].map((number) => new Error(`failure ${number}`));
    const [first, second, third, fourth] = errors.map((error) => throws(error));
    if (!first || !second || !third || !fourth) throw new Error('four outcomes expected');
    const keys = scriptKeys({ K1: [first, second], K2: [third, fourth] });
    const failure = await failureOf(keys, { maxRetries: 2 });

    expect(failure).toBeInstanceOf(AggregateError);
    expect(failure).toMatchObject({
      name: 'AllKeysFailedError',
      code: 'ALL_KEYS_FAILED',
      provider: 'scripted',
      reason: 'unavailable',
    });
    const [one, two] = [keys.key('K1').keyId, keys.key('K2').keyId];
    expect(failure.attempts).toMatchObject([
      { keyId: one, attemptNumber: 1, verdict: 'transient' },
      { keyId: one, attemptNumber: 2, verdict: 'transient' },
      { keyId: two, attemptNumber: 1, verdict: 'transient' },
      { keyId: two, attemptNumber: 2, verdict: 'transient' },
    ]);
    expect(failure.attempts.map(({ delayMs }) => delayMs)).toEqual([100, undefined, 100, undefined]);
    expect(failure.attempts.map(({ error }) => (error as Error).message)).toEqual(errors.map(({ message }) => message));
    expect(failure.errors).toEqual(failure.attempts.map(({ error }) => error));
    expect(failure.cause).toBe(errors[3]);
    expect('retryAfterMs' in failure).toBe(false);
  });

  it("lists this library's own errors as they are, and copies of all others", async () => {
    const own = new KeyFailedError('transient', { cause: new Error('bad') });
    const keys = scriptKeys({ K1: [throws(own)], K2: [throws(new RangeError('down'))] });
    const { errors } = await failureOf(keys, { maxRetries: 1 });
    expect(errors[0]).toBe(own);
    expect(errors[1]).toMatchObject({ name: 'RangeError', message: 'down' });
    expect(errors[1]).not.toBe(keys.errors[1]);
  });

  it('carries the original as its cause, untouched, where a copy without the key is listed', async () => {
    const original = new Error(
      'GET https://host/v1?key=K1-of-26-characters-abcdef failed, key=K1-of-26-characters-abcdef',
    );
    const { message, stack } = original;
    const failure = await failureOf(scriptKeys({ 'K1-of-26-characters-abcdef': [throws(original)] }), {
      maxRetries: 1,
    });
    expect(failure.cause).toBe(original);
    expect([original.message, original.stack]).toEqual([message, stack]);
    expect(failure.errors[0]).toBeInstanceOf(Error);
    expect(String(failure.errors[0])).toMatch(/^Error: GET https:\/\/host\/v1\?key=.* failed, key=/);
    expect(String(failure.errors[0])).not.toContain('of-26-characters');
  });

  it('says in words what failed, why, and when the first key is back', async () => {
    const failure = await failureOf(scriptKeys({ K1: [rateLimited(30_000)] }));
    expect(failure.message).toContain('Scripted');
    expect(failure.message).toContain('rate-limited');
    expect(failure.message).toContain('30 s');
  });

  it('is recognised as an error of this library', async () => {
    const failure = await failureOf(scriptKeys({ K1: [transient] }));
    expect(AllKeysFailedError.isInstance(failure)).toBe(true);
    expect(ApiKeyFallbackError.isInstance(failure)).toBe(true);
    expect(AllKeysFailedError.isInstance(new AggregateError([]))).toBe(false);
  });

  it('serialises to its facts, with the messages of the errors', async () => {
    const failure = await failureOf(scriptKeys({ K1: [throws(new Error('down'))], K2: [throws('text')] }), {
      maxRetries: 1,
    });
    expect(JSON.parse(JSON.stringify(failure))).toMatchObject({
      name: 'AllKeysFailedError',
      code: 'ALL_KEYS_FAILED',
      provider: 'scripted',
      reason: 'unavailable',
      attempts: [
        { attemptNumber: 1, verdict: 'transient', message: 'down' },
        { attemptNumber: 1, verdict: 'transient', message: 'text' },
      ],
    });
  });

  it('prints its attempts, but not the cause, which may hold a key', async () => {
    const failure = await failureOf(scriptKeys({ K1: [throws(new Error('down'))] }));
    const text = inspect(failure);
    expect(text).toContain('AllKeysFailedError: The only key of Scripted failed after 3 attempts');
    expect(text).toContain('attempts');
    expect(text).not.toContain('[cause]');
  });
});

describe('when all keys are out already', () => {
  it('rejects at once without an attempt, and says how long to wait from now', async () => {
    const keys = scriptKeys({ K1: [rateLimited(60_000)], K2: [rateLimited(30_000)] });
    await failureOf(keys);
    keys.runtime.set(20_000);
    keys.calls.length = 0;
    const failure = await failureOf(keys);
    expect(keys.calls).toEqual([]);
    expect(keys.sleeps).toEqual([]);
    expect(failure).toMatchObject({ attempts: [], errors: [], reason: 'rate-limited', retryAfterMs: 10_000 });
    expect('cause' in failure).toBe(false);
  });

  it('rejects without waiting for a long cooldown', async () => {
    const keys = scriptKeys({ K1: [rateLimited(60_000)] });
    const failure = await failureOf(keys);
    expect(keys.calls).toEqual(['K1']);
    expect(keys.sleeps).toEqual([]);
    expect(keys.runtime.now()).toBe(0);
    expect(failure.retryAfterMs).toBe(60_000);
  });
});

describe('the reason and the time', () => {
  it('are invalid-keys and none when all keys are invalid', async () => {
    await expect(exhausted({ K1: [invalidKey()], K2: [invalidKey()] })).resolves.toEqual({
      reason: 'invalid-keys',
      retryAfterMs: undefined,
    });
  });

  it('are invalid-keys and the re-check of the soonest', async () => {
    const script = { K1: [invalidKey(90_000)], K2: [invalidKey(70_000)] } as const;
    await expect(exhausted(script)).resolves.toEqual({ reason: 'invalid-keys', retryAfterMs: 70_000 });
  });

  it('are quota-exhausted and the soonest reset', async () => {
    const script = {
      K1: [quotaExhausted(7_200_000)],
      K2: [quotaExhausted(1_800_000)],
      K3: [quotaExhausted()],
    } as const;
    await expect(exhausted(script)).resolves.toEqual({ reason: 'quota-exhausted', retryAfterMs: 1_800_000 });
  });

  it('are mixed and the soonest when the keys differ', async () => {
    await expect(exhausted({ K1: [rateLimited(30_000)], K2: [invalidKey()] })).resolves.toEqual({
      reason: 'mixed',
      retryAfterMs: 30_000,
    });
  });

  it('are unavailable and none in an outage', async () => {
    await expect(exhausted({ K1: [transient], K2: [transient] })).resolves.toEqual({
      reason: 'unavailable',
      retryAfterMs: undefined,
    });
  });

  it('come from the last verdict of each key', async () => {
    const keys = scriptKeys({
      K1: [transient, transient, rateLimited()],
      K2: [rateLimited(10), transient, rateLimited()],
    });
    await expect(failureOf(keys)).resolves.toMatchObject({ reason: 'rate-limited', retryAfterMs: 500 - 110 });
  });

  it('come from the last verdict also where the key may be used again already', async () => {
    await expect(exhausted({ K1: [rateLimited(0)] })).resolves.toEqual({
      reason: 'rate-limited',
      retryAfterMs: undefined,
    });
    const script = { K1: [rateLimited(10)], K2: [takes(50, rateLimited(20))] } as const;
    await expect(exhausted(script)).resolves.toEqual({ reason: 'rate-limited', retryAfterMs: 20 });
  });

  it('count what took a key out before the call', async () => {
    const keys = scriptKeys({ K1: [invalidKey()], K2: [returns('fine'), rateLimited(5000)] });
    await keys.call();
    const failure = await failureOf(keys);
    expect(failure).toMatchObject({ reason: 'mixed', retryAfterMs: 5000 });
    expect(failure.attempts).toHaveLength(1);
  });

  it('count the time that the call itself took', async () => {
    const keys = scriptKeys({ K1: [rateLimited(30_000)], K2: [takes(10_000, rateLimited(60_000))] });
    await expect(failureOf(keys)).resolves.toMatchObject({ retryAfterMs: 20_000 });
  });
});

describe('the reason of an exhausted call', () => {
  it('is the provider when two keys fail alike, whatever the others say', async () => {
    const keys = scriptKeys({ K1: [transient], K2: [transient], K3: [invalidKey()] });
    await expect(keys.call({ maxRetries: 1 })).rejects.toMatchObject({ reason: 'unavailable' });
    expect([keys.key('K1').state, keys.key('K2').state]).toEqual(['suspect', 'suspect']);
  });

  it('is the provider when two keys are in trouble of different kinds', async () => {
    const [bad, gateway] = [502, 503].map((status) => throws(Object.assign(new Error('down'), { status })));
    if (!bad || !gateway) throw new Error('two failures expected');
    const keys = scriptKeys({ K1: [bad], K2: [gateway], K3: [quotaExhausted(1)] });
    await expect(keys.call({ maxRetries: 1 })).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('is mixed when one key fails so and another one otherwise', async () => {
    const keys = scriptKeys({ K1: [transient], K2: [invalidKey()] });
    await expect(keys.call({ maxRetries: 1 })).rejects.toMatchObject({ reason: 'mixed' });
  });
});
