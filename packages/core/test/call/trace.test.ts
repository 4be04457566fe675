import { type CallEnd, type CallTracer } from '@api-key-fallback/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settle } from '../fake-runtime.ts';
import {
  callerError,
  hangs,
  invalidKey,
  ok,
  quotaExhausted,
  rateLimited,
  scriptKeys,
  takes,
  transient,
  type Script,
} from '../scripted-keys.ts';
import { invalid, LinkedPools } from './linked-pools.ts';
import { RecordingTracer } from './recording-tracer.ts';

let tracer: RecordingTracer;

beforeEach(() => {
  tracer = new RecordingTracer();
});

describe('a tracer', () => {
  it('runs the call and each attempt, and learns how they end', async () => {
    const { manager, runtime, key } = scriptKeys({ K1: [takes(20, invalidKey())], K2: [takes(30, ok)] }, { tracer });
    const text = await manager.retryWithFallback(
      async (apiKey) => {
        await runtime.sleep(apiKey === 'K1' ? 20 : 30);
        if (apiKey === 'K1') await invalidKey()(apiKey, runtime);
        return apiKey;
      },
      { operation: 'chat', maxRetries: 2 },
    );
    expect(text).toBe('K2');
    const [call] = tracer.calls;
    const about = { provider: 'scripted', pool: 'default', operation: 'chat', callId: call?.callId };
    expect(tracer.calls).toMatchObject([about]);
    expect(tracer.attempts).toMatchObject([
      { ...about, key: { keyId: key('K1').keyId, label: 'key 1', ordinal: 1 }, attemptNumber: 1, maxRetries: 2 },
      { ...about, key: { keyId: key('K2').keyId, label: 'key 2', ordinal: 2 }, attemptNumber: 1, maxRetries: 2 },
    ]);
    expect(tracer.ends).toEqual([
      {
        outcome: 'error',
        errorType: 'invalid-key',
        verdict: 'invalid-key',
        reason: 'scripted',
        message: 'scripted failure',
        durationMs: 20,
      },
      { outcome: 'success', durationMs: 30 },
      { outcome: 'success', durationMs: 50, attempts: 2, keysTried: 2 },
    ]);
    expect(call?.end).toBe(tracer.ends[2]);
  });

  const outcomes: Record<string, [Script, Partial<CallEnd>]> = {
    'a caller error': [
      { K1: [callerError] },
      { outcome: 'error', errorType: 'caller-error', attempts: 1, keysTried: 1 },
    ],
    'keys that all fail': [
      { K1: [rateLimited(60_000)], K2: [quotaExhausted()] },
      { outcome: 'exhausted', errorType: 'quota-exhausted', attempts: 2, keysTried: 2 },
    ],
    'retries on one key': [
      { K1: [transient] },
      { outcome: 'exhausted', errorType: 'transient', attempts: 3, keysTried: 1, durationMs: 200 },
    ],
  };
  it.each(Object.entries(outcomes))('learns the outcome of %s', async (_what, [script, end]) => {
    const { call } = scriptKeys(script, { tracer });
    await call().catch(() => {});
    expect(tracer.calls[0]?.end).toMatchObject(end);
    expect(tracer.calls[0]?.end?.message).toMatch(/\w/);
  });

  it('learns of a call without any attempt why no key was available', async () => {
    const { manager, call } = scriptKeys({ K1: [ok] }, { tracer });
    manager.markKeyFailed('K1', 'quota-exhausted');
    await call().catch(() => {});
    expect(tracer.calls[0]?.end).toMatchObject({ outcome: 'exhausted', errorType: 'quota-exhausted', attempts: 0 });
  });

  it('learns of timeouts, deadlines and aborts', async () => {
    const { call, runtime } = scriptKeys({ K1: [hangs] }, { tracer, stepped: true });
    const controller = new AbortController();
    const running = [
      call({ attemptTimeout: 10, maxRetries: 1 }),
      call({ deadline: 10 }),
      call({ signal: controller.signal }),
    ].map((promise) => promise.catch(() => {}));
    controller.abort();
    await settle();
    await runtime.advance(20);
    await Promise.all(running);
    expect(tracer.calls.map(({ end }) => [end?.outcome, end?.errorType])).toEqual([
      ['exhausted', 'timeout'],
      ['error', 'deadline'],
      ['aborted', 'aborted'],
    ]);
    expect(tracer.attempts.map(({ end }) => [end?.outcome, end?.errorType]).slice(0, 2)).toEqual([
      ['error', 'timeout'],
      ['aborted', 'deadline'],
    ]);
  });

  it('runs the method inside what it has set up, attempt in call, also when another tracer is inside', async () => {
    const context = new AsyncLocalStorage<string>();
    const within = (name: string): CallTracer => ({
      traceCall: (_, run) => context.run(`${context.getStore() ?? ''}/${name} call`, run),
      traceAttempt: ({ key }, run) => context.run(`${context.getStore() ?? ''}/${name} ${key.label}`, run),
    });
    const pools = new LinkedPools();
    const home = pools.managerOf('a', ['A1'], { tracer: within('outer') });
    home.trace(within('inner'));
    const seen = await Promise.all([1, 2].map(() => home.retryWithFallback(async () => context.getStore())));
    expect(seen).toEqual(Array.from({ length: 2 }, () => '/outer call/inner call/outer key 1/inner key 1'));
    expect(context.getStore()).toBeUndefined();
    await pools.close();
  });

  it('keeps the same call in another pool', async () => {
    const pools = new LinkedPools();
    const home = pools.managerOf('a', ['A1'], { fallbackTo: 'shared', tracer });
    pools.managerOf('shared', ['S1']);
    pools.outcomes = { A1: invalid };
    await pools.call(home);
    await pools.close();
    expect(tracer.calls).toHaveLength(1);
    expect(tracer.attempts.map(({ pool }) => pool)).toEqual(['a', 'shared']);
    expect(tracer.calls[0]?.end).toMatchObject({ outcome: 'success', attempts: 2, keysTried: 2 });
  });

  it('can be given to a manager later, and taken from it', async () => {
    const { manager } = scriptKeys({ K1: [ok, ok, ok] });
    await manager.retryWithFallback(() => 1);
    const stop = manager.trace(tracer);
    await manager.retryWithFallback(() => 1);
    stop();
    await manager.retryWithFallback(() => 1);
    expect(tracer.calls).toHaveLength(1);
    expect(() => manager.trace({} as CallTracer)).toThrow('"tracer" needs the method traceCall or traceAttempt');
  });

  it('that listens late still learns the end', async () => {
    const { call } = scriptKeys({ K1: [ok] }, { tracer });
    await call();
    const late = vi.fn<(end: CallEnd) => void>();
    tracer.calls[0]?.onEnd(late);
    expect(late).toHaveBeenCalledWith(tracer.calls[0]?.end);
  });

  const broken: Record<string, CallTracer> = {
    'throws before it runs the call': {
      traceCall: () => {
        throw new Error('tracer');
      },
      traceAttempt: () => {
        throw new Error('tracer');
      },
    },
    'throws after it has run it': {
      traceCall: (_, run) => {
        void run();
        throw new Error('tracer');
      },
    },
    'never runs it': { traceCall: () => 1, traceAttempt: () => undefined },
    'runs it twice': { traceCall: (_, run) => Promise.all([run(), run()]), traceAttempt: (_, run) => [run(), run()] },
    'runs it later': { traceCall: async (_, run) => (await Promise.resolve(), run()) },
    rejects: { traceAttempt: async (_, run) => (await run(), Promise.reject(new Error('tracer'))) },
    'returns something else': { traceCall: async (_, run) => (await run(), 'other') },
    'listens with a function that throws': {
      traceCall: (call, run) => {
        call.onEnd(() => {
          throw new Error('tracer');
        });
        return run();
      },
    },
  };

  describe.each(Object.entries(broken))('that %s', (_how, faulty) => {
    const unhandled = vi.fn<() => void>();
    beforeEach(() => void process.on('unhandledRejection', unhandled));
    afterEach(() => void process.off('unhandledRejection', unhandled));

    it.each<[string, Script]>([
      ['a success', { K1: [transient, ok] }],
      ['a failure', { K1: [callerError] }],
      ['a fall-over', { K1: [invalidKey()], K2: [ok] }],
    ])('does not change %s', async (_what, script) => {
      const [traced, plain] = [scriptKeys(script, { tracer: faulty }), scriptKeys(script)];
      const results = await Promise.all(
        [traced, plain].map(({ call }) => call().catch((error: unknown) => String(error))),
      );
      await settle();
      expect(results[0]).toEqual(results[1]);
      expect([traced.calls, traced.sleeps]).toEqual([plain.calls, plain.sleeps]);
      expect(unhandled).not.toHaveBeenCalled();
    });
  });

  it.each([null, 1, 'x', {}, { traceCall: 1 }, { traceCal: () => 1 }])('cannot be %j', (wrong) => {
    expect(() => scriptKeys({ K1: [ok] }, { tracer: wrong as CallTracer })).toThrow(/"tracer" (?:must|needs)/);
  });
});
