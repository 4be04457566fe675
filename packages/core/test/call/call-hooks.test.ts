import {
  AllKeysFailedError,
  FailedResultError,
  InvalidOptionsError,
  KeyFailedError,
  UnrecoverableError,
  registry,
  customProvider,
  wrapWithFallback,
  type AttemptFailure,
  type ErrorVerdict,
} from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { outcomeNow, settle } from '../fake-runtime.ts';
import {
  callerError,
  fails,
  invalidKey,
  ok,
  quotaExhausted,
  returns,
  scriptKeys,
  throws,
  transient,
} from '../scripted-keys.ts';
import { watchWarnings } from '../watch-warnings.ts';
import { answer, ok as fine, one, startKeyServer, two } from '../api/start-key-server.ts';

const quota: ErrorVerdict = { kind: 'quota-exhausted', reason: 'mine' };

function warningsOf(): { readonly texts: string[]; readonly logger: object } {
  const texts: string[] = [];
  return { texts, logger: { debug() {}, info() {}, error() {}, warn: (text: string) => texts.push(text) } };
}

describe('the option classifyError', () => {
  it('judges before the adapter, with the error and the context', async () => {
    const seen: unknown[] = [];
    const keys = scriptKeys({ K1: [callerError], K2: [ok] });
    const classifyError = (error: unknown, context: object) => {
      seen.push(error, context);
      return quota;
    };
    await expect(keys.call({ classifyError, operation: 'search' })).resolves.toBe('K2');
    expect(seen).toEqual([keys.errors[0], { now: 0, operation: 'search' }]);
    expect(keys.key('K1')).toMatchObject({ state: 'cooling', reason: 'quota-exhausted' });
  });

  it('leaves an error to the adapter by returning nothing', async () => {
    const keys = scriptKeys({ K1: [invalidKey()], K2: [ok] });
    await expect(keys.call({ classifyError: () => undefined })).resolves.toBe('K2');
    expect(keys.key('K1').state).toBe('disabled');
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['returns something else', () => 'quota-exhausted'],
    ['is async', () => Promise.reject(new Error('no'))],
  ])('that %s is ignored, with one warning', async (_name, classifyError) => {
    const { texts, logger } = warningsOf();
    const keys = scriptKeys({ K1: [invalidKey()], K2: [callerError] }, { logger: logger as never, logLevel: 'warn' });
    const options = { classifyError: classifyError as () => undefined };
    await expect(keys.call(options)).rejects.toBe(await keys.call(options).catch(() => keys.errors.at(-2)));
    expect(keys.key('K1').state).toBe('disabled');
    expect(texts.filter((text) => text.includes('the option "classifyError" failed and is ignored'))).toHaveLength(1);
  });

  it('judges the error responses of a keyed fetch', async () => {
    await using server = await startKeyServer({ [one]: [answer(400)], [two]: [fine] });
    const response = await server.keyedFetch({ classifyError: () => quota })(server.url);
    expect(response.status).toBe(200);
    expect(server.key(one).state).toBe('cooling');
  });
});

describe('the option classifyResult', () => {
  const failsEmpty = (value: unknown) => (value === 'empty' ? quota : undefined);

  it('fails an attempt by what it returned', async () => {
    const keys = scriptKeys({ K1: [returns('empty')], K2: [ok] });
    await expect(keys.call({ classifyResult: failsEmpty })).resolves.toBe('K2');
    expect(keys.key('K1')).toMatchObject({ state: 'cooling', usage: { successes: 0 } });
  });

  it('may be async', async () => {
    const keys = scriptKeys({ K1: [returns('empty')], K2: [ok] });
    await expect(keys.call({ classifyResult: async (value) => failsEmpty(value) })).resolves.toBe('K2');
  });

  it('hands the last failed result to the caller in the error', async () => {
    const keys = scriptKeys({ K1: [returns('empty')] });
    const error = await keys.call({ classifyResult: failsEmpty }).catch((thrown: unknown) => thrown);
    const cause = AllKeysFailedError.isInstance(error) ? error.cause : undefined;
    expect(FailedResultError.isInstance(cause) && cause.value).toBe('empty');
    expect(cause).toMatchObject({ code: 'FAILED_RESULT', verdict: quota });
  });

  it('ends the call by a caller error, with the value', async () => {
    const keys = scriptKeys({ K1: [ok], K2: [ok] });
    const call = keys.call({ classifyResult: () => ({ kind: 'caller-error', reason: 'mine' }) });
    await expect(call).rejects.toMatchObject({ code: 'FAILED_RESULT', value: 'K1' });
    expect(keys.calls).toEqual(['K1']);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['returns something else', () => true],
  ])('that %s is ignored, with one warning', async (_name, classifyResult) => {
    const { texts, logger } = warningsOf();
    const keys = scriptKeys({ K1: [ok] }, { logger: logger as never, logLevel: 'warn' });
    for (let call = 0; call < 2; call++) {
      await expect(keys.call({ classifyResult: classifyResult as () => undefined })).resolves.toBe('K1');
    }
    expect(texts.filter((text) => text.includes('the option "classifyResult" failed'))).toHaveLength(1);
  });

  it('works for wrapped functions, and is refused for generators', async () => {
    const keys = scriptKeys({ K1: [ok], K2: [ok] });
    registry.unregister(keys.manager.provider);
    registry.register(keys.manager);
    const provider = customProvider('scripted');
    const ask = wrapWithFallback(async (key) => ({ key: String(key) }), {
      provider,
      classifyResult: ({ key }: { key: string }) => (key === 'K1' ? quota : undefined),
    });
    await expect(ask()).resolves.toEqual({ key: 'K2' });
    const stream = async function* (_key: unknown) {};
    expect(() => wrapWithFallback(stream, { provider, classifyResult: () => undefined })).toThrow(InvalidOptionsError);
  });

  it('judges the responses of a keyed fetch, which returns the last one when no key is left', async () => {
    await using server = await startKeyServer({ [one]: [fine], [two]: [fine] });
    const classifyResult = async (response: Response) =>
      'fine' in ((await response.clone().json()) as object) ? quota : undefined;
    const response = await server.keyedFetch({ classifyResult })(server.url);
    expect(await response.json()).toEqual({ fine: true });
    expect(server.keys).toEqual([one, two]);
  });
});

describe('an error response that a method returns', () => {
  it('counts as a success, with one warning in development', async () => {
    const emitWarning = watchWarnings();
    const keys = scriptKeys({ K1: [() => new Response(null, { status: 503 })] });
    await keys.call();
    await keys.call();
    expect(emitWarning).toHaveBeenCalledTimes(1);
    expect(emitWarning.mock.calls[0]).toMatchObject([expect.stringContaining('503'), { code: 'AKF_ERROR_RESPONSE' }]);
  });

  it.each([
    ['a good response', {}, new Response()],
    ['a method with classifyResult', { classifyResult: () => undefined }, new Response(null, { status: 404 })],
    ['another object', {}, { status: 500 }],
  ])('is not warned of: %s', async (_name, options, value) => {
    const emitWarning = watchWarnings();
    // A name of its own: a warning is given once for each provider.
    const keys = scriptKeys({ K1: [returns(value)] }, { adapter: { name: 'unwarned' } });
    await keys.call(options);
    expect(emitWarning).not.toHaveBeenCalled();
  });
});

describe('the option onFailedAttempt', () => {
  it('is called after each failed attempt, with what comes next', async () => {
    const failures: AttemptFailure[] = [];
    const keys = scriptKeys({ K1: [transient, quotaExhausted()], K2: [fails(quota)], K3: [callerError] });
    await keys.call({ onFailedAttempt: (failure) => failures.push(failure) }).catch(() => {});
    expect(failures).toMatchObject([
      { attemptNumber: 1, verdict: 'transient', retriesLeft: 2, keysLeft: 2, delayMs: 100, provider: 'scripted' },
      { attemptNumber: 2, verdict: 'quota-exhausted', retriesLeft: 0, keysLeft: 2 },
      { attemptNumber: 1, verdict: 'quota-exhausted', reason: 'mine', retriesLeft: 0, keysLeft: 1 },
      { attemptNumber: 1, verdict: 'caller-error', retriesLeft: 0, keysLeft: 0 },
    ]);
    expect(failures.map(({ key }) => key.ordinal)).toEqual([1, 1, 2, 3]);
    expect(failures.map(({ error }) => (error as Error).message)).toEqual(
      keys.errors.map((error) => (error as Error).message),
    );
    expect(failures[1]).not.toHaveProperty('delayMs');
  });

  it('is awaited before the call goes on', async () => {
    const keys = scriptKeys({ K1: [quotaExhausted()], K2: [ok] });
    const { promise, resolve } = Promise.withResolvers<void>();
    const call = keys.call({ onFailedAttempt: () => promise });
    await settle();
    expect(keys.calls).toEqual(['K1']);
    resolve();
    await expect(call).resolves.toBe('K2');
  });

  it.each<[string, (error: Error) => unknown]>([
    [
      'throws',
      (error) => {
        throw error;
      },
    ],
    ['rejects with', (error) => Promise.reject(error)],
  ])('ends the call with what it %s', async (_name, fail) => {
    const enough = new Error('enough');
    const keys = scriptKeys({ K1: [quotaExhausted()], K2: [ok] });
    await expect(keys.call({ onFailedAttempt: () => fail(enough) })).rejects.toBe(enough);
    expect(keys.calls).toEqual(['K1']);
    expect(keys.key('K1').state).toBe('cooling');
    await expect(keys.call()).resolves.toBe('K2');
  });

  it('holds the call no longer than its caller or its deadline', async () => {
    const keys = scriptKeys({ K1: [throws(new Error('x'))] }, { stepped: true });
    const hang = { onFailedAttempt: () => new Promise(() => {}) };
    const controller = new AbortController();
    const aborted = keys.call({ ...hang, signal: controller.signal });
    await settle();
    controller.abort('gone');
    await expect(outcomeNow(aborted)).resolves.toEqual({ error: 'gone' });
    const late = keys.call({ ...hang, deadline: 50 });
    late.catch(() => {});
    await keys.runtime.advance(50);
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });
});

describe('a generator method', () => {
  it('falls over by a KeyFailedError, reports it, and ends by an UnrecoverableError before its first chunk', async () => {
    const failures: AttemptFailure[] = [];
    const stop = new UnrecoverableError('stop');
    const keys = scriptKeys({ K1: [ok], K2: [ok], K3: [ok] });
    registry.unregister(keys.manager.provider);
    registry.register(keys.manager);
    const stream = wrapWithFallback(
      async function* (key): AsyncGenerator<string> {
        if (String(key) === 'K1') throw new KeyFailedError('quota-exhausted');
        if (String(key) === 'K2') throw stop;
        yield key;
      },
      { provider: customProvider('scripted'), onFailedAttempt: (failure) => failures.push(failure) },
    );
    await expect(stream().next()).rejects.toBe(stop);
    expect(failures.map(({ key, reason }) => [key.ordinal, reason])).toEqual([
      [1, 'reported_by_method'],
      [2, 'unrecoverable'],
    ]);
    expect(keys.key('K2').state).toBe('healthy');
  });
});

it.each(['classifyError', 'classifyResult', 'onFailedAttempt'])('refuses a %s that is not a function', async (name) => {
  const call = scriptKeys({ K1: [ok] }).call({ [name]: 'yes' });
  await expect(call).rejects.toThrow(`"${name}" must be a function; it is "yes".`);
});
