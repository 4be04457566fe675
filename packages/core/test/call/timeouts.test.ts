import { getEventListeners } from 'node:events';
import { ApiKeyManager, currentAttempt, DeadlineExceededError } from '@api-key-fallback/core';
import { describe, expect, it, vi } from 'vitest';
import { FakeRuntime, settle } from '../fake-runtime.ts';
import { recordEvents } from '../events/record-events.ts';
import {
  callerError,
  hangs,
  invalidKey,
  ok,
  rateLimited,
  scriptedAdapter,
  scriptKeys,
  transient,
  takes,
  throws,
} from '../scripted-keys.ts';

const stepped = { stepped: true };

const refusedStream = Object.assign(new Error('Stream closed with error code NGHTTP2_REFUSED_STREAM'), {
  code: 'ERR_HTTP2_STREAM_ERROR',
});

describe('a deadline', () => {
  it('ends a call when the next pause would not fit, and carries the last error', async () => {
    const keys = scriptKeys({ K1: [transient] });
    const error: unknown = await keys.call({ delay: 600, deadline: 1000 }).catch((thrown: unknown) => thrown);
    expect(keys.calls).toEqual(['K1', 'K1']);
    expect(keys.sleeps).toEqual([600]);
    expect(DeadlineExceededError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      provider: 'scripted',
      attempts: [{ attemptNumber: 1 }, { attemptNumber: 2 }],
    });
    expect((error as Error).cause).toBe(keys.errors[1]);
    expect(keys.key('K1').state).toBe('healthy');
  });

  it('goes on to the next key where there is one, because that needs no pause', async () => {
    const keys = scriptKeys({ K1: [transient], K2: [ok] });
    await expect(keys.call({ delay: 600, deadline: 500 })).resolves.toBe('K2');
    expect(keys.sleeps).toEqual([]);
  });

  it('ends an attempt that ignores its signal, and costs the key nothing', async () => {
    const keys = scriptKeys({ K1: [hangs], K2: [ok] }, stepped);
    const call = keys.call({ deadline: 1000 });
    call.catch(() => {});
    await keys.runtime.advance(1000);
    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', attempts: [] });
    expect(keys.key('K1')).toMatchObject({ state: 'healthy', usage: { inUse: 0 } });
    expect(keys.runtime.asleep).toBe(0);
  });

  it('makes no attempt after it has passed', async () => {
    const keys = scriptKeys({ K1: [takes(1500, invalidKey())], K2: [ok] });
    await expect(keys.call({ deadline: 1000, maxRetries: 1 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(keys.calls).toEqual(['K1']);
  });

  it('bounds the wait for keys', async () => {
    const waiting = { maxRetries: 1, onExhausted: 'wait', deadline: 30_000 } as const;
    const soon = scriptKeys({ K1: [rateLimited(10_000), ok] });
    await expect(soon.call(waiting)).resolves.toBe('K1');
    expect(soon.sleeps).toEqual([10_000]);
    const late = scriptKeys({ K1: [rateLimited(45_000)] });
    await expect(late.call(waiting)).rejects.toMatchObject({ code: 'ALL_KEYS_FAILED', retryAfterMs: 45_000 });
    expect(late.sleeps).toEqual([]);
  });

  it('lets a call wait for longer than a minute', async () => {
    const keys = scriptKeys({ K1: [rateLimited(90_000), ok] });
    await expect(keys.call({ maxRetries: 1, onExhausted: 'wait', deadline: 100_000 })).resolves.toBe('K1');
  });
});

describe('a client that is being made', () => {
  const never = { createClient: () => new Promise(() => {}) };

  it('does not hold a call past its deadline', async () => {
    const keys = scriptKeys({ K1: [ok] }, { ...stepped, adapter: never });
    const call = keys.manager.retryWithFallback((client) => client, { inject: 'client', deadline: 50 });
    call.catch(() => {});
    await keys.runtime.advance(50);
    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(keys.runtime.asleep).toBe(0);
  });

  it('does not hold a call that its caller aborts', async () => {
    const keys = scriptKeys({ K1: [ok] }, { adapter: never });
    const controller = new AbortController();
    const options = { inject: 'client', signal: controller.signal } as const;
    const call = keys.manager.retryWithFallback((client) => client, options);
    call.catch(() => {});
    await settle();
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
  });
});

describe('an attempt timeout', () => {
  it('takes an attempt that hangs for trouble, and goes on', async () => {
    const keys = scriptKeys({ K1: [hangs], K2: [ok] }, stepped);
    const failed = recordEvents(keys.manager, ['attempt.failed']);
    const call = keys.call({ attemptTimeout: 10, maxRetries: 1 });
    await keys.runtime.advance(10);
    await expect(call).resolves.toBe('K2');
    expect(keys.runtime.now()).toBe(10);
    expect(keys.key('K1').state).toBe('suspect');
    expect(failed).toMatchObject([['attempt.failed', { verdict: 'transient', reason: 'attempt_timeout' }]]);
    expect(keys.runtime.asleep).toBe(0);
  });

  it('leaves no timer behind when the attempt is in time', async () => {
    const keys = scriptKeys({ K1: [callerError] });
    await keys.call({ attemptTimeout: 10, deadline: 20 }).catch(() => {});
    expect(keys.runtime.asleep).toBe(0);
  });

  it('tells the client through the signal', async () => {
    const runtime = new FakeRuntime(stepped);
    const manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, runtime });
    const reasons: unknown[] = [];
    const call = manager.retryWithFallback(
      (_key, { signal }) => new Promise(() => signal.addEventListener('abort', () => reasons.push(signal.reason))),
      { attemptTimeout: 10, maxRetries: 1 },
    );
    call.catch(() => {});
    await runtime.advance(10);
    await expect(call).rejects.toMatchObject({ code: 'ALL_KEYS_FAILED', reason: 'unavailable' });
    expect(reasons).toMatchObject([{ name: 'TimeoutError' }]);
  });
});

describe('the caller’s signal', () => {
  it('reaches the attempt together with the limits, and leaves no listener behind', async () => {
    const controller = new AbortController();
    const waits = () => {
      const { signal } = currentAttempt();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const keys = scriptKeys({ K1: [waits] }, stepped);
    const aborted = recordEvents(keys.manager, ['call.aborted', 'call.failed']);
    const call = keys.call({ deadline: 1000, attemptTimeout: 500, signal: controller.signal });
    call.catch(() => {});
    await settle();
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(aborted.map(([name]) => name)).toEqual(['call.aborted']);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    expect(keys.runtime.asleep).toBe(0);
    expect(keys.key('K1')).toMatchObject({ state: 'healthy', usage: { inUse: 0 } });
  });

  it('still reaches a stream that the method gave back', async () => {
    const controller = new AbortController();
    const keys = scriptKeys({ K1: [() => currentAttempt().signal] });
    const signal = (await keys.call({ deadline: 1000, signal: controller.signal })) as AbortSignal;
    controller.abort(new Error('enough'));
    expect(signal.reason).toBe(controller.signal.reason);
  });

  it('is not combined with a limit unless the method asks for its signal', async () => {
    const any = vi.spyOn(AbortSignal, 'any');
    const controller = new AbortController();
    const limits = { deadline: 1000, attemptTimeout: 10, signal: controller.signal };
    const deaf = scriptKeys({ K1: [hangs], K2: [hangs] }, stepped);
    const call = deaf.call({ ...limits, maxRetries: 1 });
    call.catch(() => {});
    await deaf.runtime.advance(10);
    expect(deaf.calls).toEqual(['K1', 'K2']);
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    expect(any).not.toHaveBeenCalled();
    await scriptKeys({ K1: [() => currentAttempt().signal] }).call({ ...limits, signal: new AbortController().signal });
    expect(any).toHaveBeenCalledTimes(1);
    any.mockRestore();
  });

  it('may serve ten thousand calls', async () => {
    const { signal } = new AbortController();
    const warnings: string[] = [];
    const note = ({ name }: Error) => void warnings.push(name);
    process.on('warning', note);
    const keys = scriptKeys({ K1: [takes(0, ok)] });
    await Promise.all(Array.from({ length: 10_000 }, () => keys.call({ signal, deadline: 1000 })));
    await settle();
    process.off('warning', note);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    // Another test's method may be warned of meanwhile.
    expect(warnings).not.toContain('MaxListenersExceededWarning');
  }, 20_000);
});

describe('a call that is not idempotent', () => {
  const once = { idempotent: false } as const;

  it.each([
    ['a cut connection', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['a 500', Object.assign(new Error('oops'), { status: 500 })],
    ['an unknown failure', new Error('down')],
  ])('is not repeated after %s, but the failure counts', async (_name, error) => {
    const keys = scriptKeys({ K1: [throws(error)], K2: [ok] });
    for (let call = 0; call < 3; call++) await expect(keys.call(once)).rejects.toBe(error);
    expect(keys.calls).toEqual(['K1', 'K1', 'K1']);
    expect(keys.key('K1').state).toBe('suspect');
  });

  it('plans no pause, spends no budget, and gives the error back although a deadline is near', async () => {
    const error = new Error('down');
    const keys = scriptKeys({ K1: [throws(error)] }, { retryBudget: { tokens: 0 } });
    const events = recordEvents(keys.manager, ['attempt.failed', 'budget.exhausted']);
    for (let call = 0; call < 10; call++) {
      await expect(keys.call({ ...once, delay: 1000, deadline: 500 })).rejects.toBe(error);
    }
    expect(events).toHaveLength(10);
    for (const [, told] of events) expect(told).not.toHaveProperty('delayMs');
  });

  it('is not repeated after a timeout', async () => {
    const keys = scriptKeys({ K1: [hangs], K2: [ok] }, stepped);
    const call = keys.call({ ...once, attemptTimeout: 10 });
    call.catch(() => {});
    await keys.runtime.advance(10);
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(keys.calls).toEqual(['K1']);
  });

  it.each([
    ['a refused connection', throws(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }))],
    ['a refused HTTP/2 stream', throws(refusedStream)],
    ['a 503', throws(Object.assign(new Error('busy'), { status: 503 }))],
    ['an invalid key', invalidKey()],
    ['a rate limit', rateLimited(60_000)],
  ])('goes on after %s', async (_name, outcome) => {
    const keys = scriptKeys({ K1: [outcome], K2: [ok] });
    await expect(keys.call({ ...once, maxRetries: 1 })).resolves.toBe('K2');
  });
});

describe('the id of a call', () => {
  it('is the same for every attempt and another one for every call', async () => {
    const ids: string[] = [];
    const keys = scriptKeys({
      K1: [
        () => {
          ids.push(currentAttempt().callId);
          throw new Error('down');
        },
      ],
      K2: [() => ids.push(currentAttempt().callId)],
    });
    await keys.call({ maxRetries: 2 });
    await keys.call({ maxRetries: 1 });
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(ids.at(-1)).not.toBe(ids[0]);
  });
});
