import { getEventListeners } from 'node:events';
import {
  ApiKeyManager,
  currentAttempt,
  customProvider,
  DeadlineExceededError,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  type ApiKey,
} from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { FakeEnvironment, settle } from './fake-environment.ts';
import { recordEvents } from './record-events.ts';
import { CE, hangs, INV, ok, RL, scriptedAdapter, scriptKeys, T, takes, throws } from './scripted-keys.ts';

const stepped = { stepped: true };

describe('a deadline', () => {
  it('ends a call when the next pause would not fit, and carries the last error', async () => {
    const keys = scriptKeys({ K1: [T] });
    const error: unknown = await keys.call({ delay: 600, deadline: 1000 }).catch((thrown: unknown) => thrown);
    expect(keys.calls).toEqual(['K1', 'K1']);
    expect(keys.sleeps).toEqual([600]);
    expect(DeadlineExceededError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      provider: 'scripted',
      attempts: [{ attempt: 1 }, { attempt: 2 }],
    });
    expect((error as Error).cause).toBe(keys.errors[1]);
    expect(keys.key('K1').state).toBe('healthy');
  });

  it('goes on to the next key where there is one, because that needs no pause', async () => {
    const keys = scriptKeys({ K1: [T], K2: [ok] });
    await expect(keys.call({ delay: 600, deadline: 500 })).resolves.toBe('K2');
    expect(keys.sleeps).toEqual([]);
  });

  it('ends an attempt that ignores its signal, and costs the key nothing', async () => {
    const keys = scriptKeys({ K1: [hangs], K2: [ok] }, stepped);
    const call = keys.call({ deadline: 1000 });
    call.catch(() => {});
    await keys.environment.advance(1000);
    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', attempts: [] });
    expect(keys.key('K1')).toMatchObject({ state: 'healthy', usage: { inUse: 0 } });
    expect(keys.environment.asleep).toBe(0);
  });

  it('makes no attempt after it has passed', async () => {
    const keys = scriptKeys({ K1: [takes(1500, INV())], K2: [ok] });
    await expect(keys.call({ deadline: 1000, maxRetries: 1 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(keys.calls).toEqual(['K1']);
  });

  it('bounds the wait for keys', async () => {
    const waiting = { maxRetries: 1, onExhausted: 'wait', deadline: 30_000 } as const;
    const soon = scriptKeys({ K1: [RL(10_000), ok] });
    await expect(soon.call(waiting)).resolves.toBe('K1');
    expect(soon.sleeps).toEqual([10_000]);
    const late = scriptKeys({ K1: [RL(45_000)] });
    await expect(late.call(waiting)).rejects.toMatchObject({ code: 'ALL_KEYS_FAILED', retryAfterMs: 45_000 });
    expect(late.sleeps).toEqual([]);
  });

  it('lets a call wait for longer than a minute', async () => {
    const keys = scriptKeys({ K1: [RL(90_000), ok] });
    await expect(keys.call({ maxRetries: 1, onExhausted: 'wait', deadline: 100_000 })).resolves.toBe('K1');
  });
});

describe('a client that is being made', () => {
  const never = { createClient: () => new Promise(() => {}) };

  it('does not hold a call past its deadline', async () => {
    const keys = scriptKeys({ K1: [ok] }, { ...stepped, adapter: never });
    const call = keys.manager.retryWithFallback((client) => client, { inject: 'client', deadline: 50 });
    call.catch(() => {});
    await keys.environment.advance(50);
    await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(keys.environment.asleep).toBe(0);
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
    await keys.environment.advance(10);
    await expect(call).resolves.toBe('K2');
    expect(keys.environment.now()).toBe(10);
    expect(keys.key('K1').state).toBe('suspect');
    expect(failed).toMatchObject([['attempt.failed', { verdict: 'transient', reason: 'attempt_timeout' }]]);
    expect(keys.environment.asleep).toBe(0);
  });

  it('leaves no timer behind when the attempt is in time', async () => {
    const keys = scriptKeys({ K1: [CE] });
    await keys.call({ attemptTimeout: 10, deadline: 20 }).catch(() => {});
    expect(keys.environment.asleep).toBe(0);
  });

  it('tells the client through the signal', async () => {
    const environment = new FakeEnvironment(stepped);
    const manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, environment });
    const reasons: unknown[] = [];
    const call = manager.retryWithFallback(
      (_key, { signal }) => new Promise(() => signal.addEventListener('abort', () => reasons.push(signal.reason))),
      { attemptTimeout: 10, maxRetries: 1 },
    );
    call.catch(() => {});
    await environment.advance(10);
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
    expect(keys.environment.asleep).toBe(0);
    expect(keys.key('K1')).toMatchObject({ state: 'healthy', usage: { inUse: 0 } });
  });

  it('may serve ten thousand calls', async () => {
    const { signal } = new AbortController();
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    const keys = scriptKeys({ K1: [takes(0, ok)] });
    await Promise.all(Array.from({ length: 10_000 }, () => keys.call({ signal, deadline: 1000 })));
    await settle();
    process.off('warning', note);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(warnings).toEqual([]);
  });
});

describe('a call that is not idempotent', () => {
  const once = { idempotent: false } as const;

  it.each([
    ['a cut connection', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['a 500', Object.assign(new Error('oops'), { status: 500 })],
    ['an unknown failure', new Error('down')],
  ])('is not repeated after %s, but the failure counts', async (_name, error) => {
    const keys = scriptKeys({ K1: [throws(error)], K2: [ok] });
    await expect(keys.call(once)).rejects.toBe(error);
    expect(keys.calls).toEqual(['K1']);
    expect(keys.key('K1').state).toBe('suspect');
  });

  it('plans no pause, spends no budget, and gives the error back although a deadline is near', async () => {
    const error = new Error('down');
    const keys = scriptKeys({ K1: [throws(error)] }, { retryBudget: { ratio: 0 } });
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
    await keys.environment.advance(10);
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(keys.calls).toEqual(['K1']);
  });

  it.each([
    ['a refused connection', throws(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }))],
    ['a 503', throws(Object.assign(new Error('busy'), { status: 503 }))],
    ['an invalid key', INV()],
    ['a rate limit', RL(60_000)],
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

describe('a stream', () => {
  const provider = customProvider('scripted');
  class Service {
    readonly cleaned: string[] = [];

    @retryWithApiKeyFallback({ provider, attemptTimeout: 100, idleTimeout: 50, maxRetries: 1 })
    async *chunks(
      key: ApiKey<typeof provider>,
      pauses: Readonly<Record<string, number[]>>,
      _signal?: AbortSignal,
    ): AsyncGenerator<string> {
      try {
        for (const pause of pauses[key] ?? []) {
          await environment.pass(pause);
          yield key;
        }
      } finally {
        this.cleaned.push(key);
      }
    }
  }
  let environment: FakeEnvironment;

  function open(): { service: Service; manager: ApiKeyManager } {
    environment = new FakeEnvironment(stepped);
    const manager = new ApiKeyManager(scriptedAdapter, ['K1', 'K2'], { logger: false, environment });
    registry.register(manager, { replace: true });
    return { service: new Service(), manager };
  }

  it('that stalls before its first chunk falls over', async () => {
    const { service, manager } = open();
    const first = injectKeys(service)
      .chunks({ K1: [1000], K2: [10] })
      .next();
    await environment.advance(110);
    await expect(first).resolves.toEqual({ value: 'K2', done: false });
    expect(manager.status().keys[0]?.state).toBe('suspect');
  });

  it('leaves no timer behind when its caller aborts', async () => {
    const { service } = open();
    const controller = new AbortController();
    const stream = injectKeys(service).chunks({ K1: [10, 1000] }, controller.signal);
    const first = stream.next();
    await environment.advance(10);
    await first;
    const second = stream.next();
    second.catch(() => {});
    await settle();
    controller.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    // What is left is the pause of the method itself.
    expect(environment.asleep).toBe(1);
    await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
  });

  it('keeps the order of chunks that are asked for at once', async () => {
    const { service } = open();
    const stream = injectKeys(service).chunks({ K1: [0, 0, 0] });
    const seen: unknown[] = [];
    const [first, second] = [stream.next(), stream.next()];
    const third = first.then(() => stream.next());
    for (const [name, step] of Object.entries({ first, second, third })) void step.then(() => seen.push(name));
    await environment.advance(1);
    expect(seen).toEqual(['first', 'second', 'third']);
  });

  it('that stalls later is ended, and not repeated', async () => {
    const { service, manager } = open();
    const stream = injectKeys(service).chunks({ K1: [10, 60] });
    const first = stream.next();
    await environment.advance(10);
    await expect(first).resolves.toEqual({ value: 'K1', done: false });
    const second = stream.next();
    second.catch(() => {});
    await environment.advance(50);
    await expect(second).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(manager.status().keys[0]).toMatchObject({
      state: 'suspect',
      usage: { inUse: 0, failures: { transient: 1 } },
    });
    await environment.advance(10);
    expect(service.cleaned).toEqual(['K1']);
  });

  it('may take longer than the attempt timeout once it has begun', async () => {
    const { service, manager } = open();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const chunk of injectKeys(service).chunks({ K1: [10, 40, 40, 40] })) seen.push(chunk);
    })();
    await environment.advance(200);
    await reading;
    expect(seen).toEqual(['K1', 'K1', 'K1', 'K1']);
    expect(manager.status().keys[0]?.usage).toMatchObject({ successes: 1, inUse: 0 });
    expect(environment.asleep).toBe(0);
  });
});
