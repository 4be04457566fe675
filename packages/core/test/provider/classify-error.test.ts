import { ApiKeyManager } from '@api-key-fallback/core';
import { classifyHttpError, isTransportFailure, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import { describe, expect, it, vi } from 'vitest';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import { recordEvents } from '../events/record-events.ts';
import { ok, scriptedAdapter, scriptKeys, transient, throws } from '../scripted-keys.ts';
import { nestedLoop, watchWarnings } from '../watch-warnings.ts';

function httpError(status: number, message = `status ${status}`, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(message), { status, headers });
}

function caused(levels: number, innermost: unknown): unknown {
  return levels === 0 ? innermost : new Error('wrapped', { cause: caused(levels - 1, innermost) });
}

const reset = Object.assign(new Error('socket'), { code: 'ECONNRESET' });

describe('an error that the adapter does not classify', () => {
  it.each<[string, unknown]>([
    ...[500, 502, 503, 504, 408].map((status): [string, unknown] => [`a ${status}`, httpError(status)]),
    ['a 500 as statusCode', Object.assign(new Error('down'), { statusCode: 500 })],
    ["a 500 of the error's response", Object.assign(new Error('down'), { response: { status: 500 } })],
    ['ECONNRESET', reset],
    ['fetch failed', new TypeError('fetch failed')],
    ['a connection cut in the body', new TypeError('terminated')],
    ['any other error', new Error('x')],
  ])('is retried and makes the key suspect: %s', async (_name, error) => {
    const { call, calls, key } = scriptKeys({ K1: [throws(error)], K2: [ok] });
    await expect(call({ maxRetries: 2 })).resolves.toBe('K2');
    expect(calls).toEqual(['K1', 'K1', 'K2']);
    expect(key('K1').state).toBe('suspect');
  });

  it.each([
    ['a 400', httpError(400, 'bad request')],
    ['a 404', httpError(404, 'model not found')],
    ['a 403', httpError(403)],
    ['a 409', httpError(409)],
    ['a 422', httpError(422)],
    ['a 400 with digits in its text', httpError(400, 'Request took 5003ms')],
    ['a 400 with a number that begins like a status', httpError(400, 'resulted in 5000 tokens')],
    ['a TypeError', new TypeError("Cannot read properties of null (reading 'x')")],
    ['a ReferenceError', new ReferenceError('x is not defined')],
    ['an abort', new DOMException('This operation was aborted', 'AbortError')],
  ])('is rethrown unchanged without affecting a key: %s', async (_name, error) => {
    const { call, calls, manager } = scriptKeys({ K1: [throws(error)], K2: [ok] });
    const changes = recordEvents(manager, ['key.suspected', 'key.cooled-down', 'key.disabled']);
    await expect(call().catch((thrown: unknown) => thrown)).resolves.toBe(error);
    expect(calls).toEqual(['K1']);
    expect(changes).toEqual([]);
    expect(manager.status().keys.map(({ state }) => state)).toEqual(['healthy', 'healthy']);
  });

  it('disables the key and falls over at once after a 401', async () => {
    const { call, calls, key } = scriptKeys({ K1: [throws(httpError(401))], K2: [ok] });
    await expect(call()).resolves.toBe('K2');
    expect(calls).toEqual(['K1', 'K2']);
    expect(key('K1').state).toBe('disabled');
  });

  it('probes the key of a 402 again after an hour', async () => {
    const { call, calls, key } = scriptKeys({ K1: [throws(httpError(402))], K2: [ok] });
    await expect(call()).resolves.toBe('K2');
    expect(calls).toEqual(['K1', 'K2']);
    expect(key('K1')).toMatchObject({ state: 'cooling', reason: 'quota-exhausted', availableAtMs: 3_600_000 });
  });

  it('cools only its own key after a 429, and ignores numbers in its message', async () => {
    const error = httpError(429, 'quota of 5000 requests per day', { 'retry-after': '120' });
    const { call, calls, key } = scriptKeys({ K1: [throws(error)], K2: [ok] });
    await expect(call()).resolves.toBe('K2');
    expect(calls).toEqual(['K1', 'K2']);
    expect(key('K1')).toMatchObject({ state: 'cooling', reason: 'rate-limited', availableAtMs: 120_000 });
    expect(key('K2').state).toBe('healthy');
  });

  it('caps a Retry-After header at 24 h', async () => {
    const error = httpError(429, 'slow down', { 'retry-after': '406080' });
    const { call, key } = scriptKeys({ K1: [throws(error)], K2: [ok] });
    await call({ maxRetries: 1 });
    expect(key('K1').state).toBe('cooling');
    expect(key('K1').availableAtMs).toBeLessThanOrEqual(86_400_000);
  });

  it('cools the key after an absurdly long Retry-After without starting a timer', async () => {
    const warnings: Error[] = [];
    const listener = (warning: Error) => warnings.push(warning);
    process.on('warning', listener);
    const error = httpError(429, 'slow down', { 'retry-after': '99999999999' });
    const manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false });
    const call = manager.retryWithFallback(
      (key) => {
        if (key === 'K1') throw error;
        return key;
      },
      { maxRetries: 1 },
    );
    await expect(call).resolves.toBe('K2');
    await settle();
    process.off('warning', listener);
    expect(warnings).toEqual([]);
    const [first] = manager.status().keys;
    expect(first?.state).toBe('cooling');
    expect(Number.isFinite(first?.availableAtMs)).toBe(true);
  });

  it('does not disable the pool after a poisonous request', async () => {
    const poison = [1, 2, 3].map((number) => httpError(500, `internal error ${number}`));
    const [first, second, third] = poison;
    const keys = scriptKeys({ K1: [throws(first), ok], K2: [throws(second)], K3: [throws(third)] });
    await expect(keys.call({ maxRetries: 1 })).rejects.toMatchObject({ reason: 'unavailable', cause: third });
    expect(keys.calls).toEqual(['K1', 'K2', 'K3']);
    expect(keys.manager.status().keys.map(({ state }) => state)).toEqual(['suspect', 'suspect', 'suspect']);

    keys.calls.length = 1;
    await expect(keys.call({ maxRetries: 1 })).resolves.toBe('K1');
    expect(keys.calls).toEqual(['K1', 'K1']);
    expect(keys.key('K1').state).toBe('healthy');
  });
});

describe('isTransportFailure', () => {
  it.each([
    ['two levels deep', caused(2, { code: 'ECONNRESET' })],
    ['five levels deep', caused(5, { code: 'ECONNRESET' })],
    ['among the errors of an AggregateError', new AggregateError([new Error('x'), reset])],
    ['as a refused connection', { code: 'ECONNREFUSED' }],
    ['as an unknown host', { code: 'ENOTFOUND' }],
    ['as a timeout of undici', { code: 'UND_ERR_HEADERS_TIMEOUT' }],
  ])('recognises a broken connection %s', (_where, error) => {
    expect(isTransportFailure(error)).toBe(true);
  });

  it('terminates on cyclic causes', () => {
    const selfish: { cause?: unknown } = new Error('self');
    selfish.cause = selfish;
    const [one, two]: { cause?: unknown }[] = [new Error('one'), new Error('two')];
    if (one && two) [one.cause, two.cause] = [two, one];
    expect(isTransportFailure(selfish)).toBe(false);
    expect(isTransportFailure(one)).toBe(false);
    expect(isTransportFailure(Object.assign(new AggregateError([selfish, selfish]), { cause: one }))).toBe(false);
  });

  it('does not match programming errors or unreadable objects', () => {
    const unreadable = Object.defineProperty({}, 'code', {
      get() {
        throw new Error('unreadable');
      },
    });
    for (const error of [
      new TypeError('x is not a function'),
      new Error('fetch failed'),
      undefined,
      null,
      'ECONNRESET',
      unreadable,
    ]) {
      expect(isTransportFailure(error)).toBe(false);
    }
  });
});

describe('classifyHttpError', () => {
  it('returns undefined without an error status', () => {
    for (const error of [undefined, null, 'x', 429, new Error('429'), { status: 200 }, { status: 9999 }]) {
      expect(classifyHttpError(error, { now: 0 })).toBeUndefined();
    }
  });

  it('reads a date in Retry-After relative to the given time', () => {
    const now = Date.UTC(2026, 0, 1);
    const headers = { 'retry-after': new Date(now + 60_000).toUTCString() };
    expect(classifyHttpError({ status: 429, headers }, { now })).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 60_000,
    });
  });
});

describe('an adapter', () => {
  it('takes precedence over the status', async () => {
    const adapter: ProviderAdapter = {
      ...scriptedAdapter,
      classifyError: () => ({ kind: 'invalid-key', reason: 'blocked' }),
    };
    const runtime = new FakeRuntime();
    const manager = new ApiKeyManager(adapter, ['K1'], { logger: false, runtime });
    const call = manager.retryWithFallback(() => Promise.reject(httpError(500)));
    await expect(call).rejects.toMatchObject({ attempts: [{ verdict: 'invalid-key', reason: 'blocked' }] });
  });

  it('receives the time and the operation of the call', async () => {
    const classifyError = vi.fn<ProviderAdapter['classifyError']>();
    const runtime = new FakeRuntime();
    runtime.set(5);
    const manager = new ApiKeyManager({ ...scriptedAdapter, classifyError }, ['K1'], { logger: false, runtime });
    const error = httpError(400);
    await manager.retryWithFallback(() => Promise.reject(error), { operation: 'search.list' }).catch(() => {});
    expect(classifyError.mock.calls).toEqual([[error, { now: 5, operation: 'search.list' }]]);
  });

  it('is ignored with one warning if it throws', async () => {
    const warnings: string[] = [];
    const line = (text: string) => warnings.push(text);
    const adapter: ProviderAdapter = {
      ...scriptedAdapter,
      classifyError() {
        throw new Error('classifier bug');
      },
    };
    const runtime = new FakeRuntime();
    const logger = { debug: () => {}, info: () => {}, warn: line, error: () => {} };
    const manager = new ApiKeyManager(adapter, ['a-key-of-plain-letters', 'b-key-of-plain-letters'], {
      logger,
      runtime,
    });
    const call = manager.retryWithFallback(() => Promise.reject(httpError(429)), { maxRetries: 2 });
    await expect(call).rejects.toMatchObject({ reason: 'rate-limited' });
    expect(warnings.filter((text) => text.includes('classifier bug'))).toHaveLength(1);
  });
});

describe('an error of a nested call', () => {
  it('is not retried with other keys', async () => {
    const emitWarning = watchWarnings();
    const inner = scriptKeys({ K1: [transient] });
    const outer = scriptKeys({ K1: [() => inner.call({ maxRetries: 1 })], K2: [ok] });
    await expect(outer.call()).rejects.toThrow('The only key of Scripted failed');
    expect(outer.calls).toEqual(['K1']);
    expect(inner.calls).toEqual(['K1']);
    expect(emitWarning.mock.calls).toEqual([nestedLoop('scripted')]);
  });
});
