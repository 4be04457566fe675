import { runInNewContext } from 'node:vm';
import {
  AllKeysFailedError,
  customProvider,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  type VerdictKind,
} from '@api-key-fallback/core';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { eventNames } from '../../src/events/events.ts';
import { inWords, keyChanges, recordEvents } from './record-events.ts';
import {
  callerError,
  invalidKey,
  ok,
  quotaExhausted,
  rateLimited,
  scriptKeys,
  transient,
  type Script,
} from '../scripted-keys.ts';

const once = { maxRetries: 1 };
const outage: Script = { K1: [transient], K2: [transient] };

async function eventsOf(script: Script, maxRetries = 3): Promise<string[]> {
  const { manager, call } = scriptKeys(script);
  const events = recordEvents(manager);
  await call({ maxRetries }).catch(() => {});
  return events.map(inWords);
}

describe('the events of a call', () => {
  it('are emitted in order, each once', async () => {
    const { manager, call } = scriptKeys(outage);
    const events = recordEvents(manager, ['attempt.failed', ...keyChanges, 'keys.exhausted']);
    await call({ maxRetries: 2 }).catch(() => {});
    expect(events.map(([name, event]) => ('attempts' in event ? name : inWords([name, event])))).toEqual([
      'attempt.failed K1 1',
      'attempt.failed K1 2',
      'key.suspected K1',
      'attempt.failed K2 1',
      'attempt.failed K2 2',
      'key.suspected K2',
      'keys.exhausted',
    ]);
  });

  it('start with the selection of a key before its first attempt', async () => {
    const events = await eventsOf(outage, 2);
    for (const key of ['K1', 'K2']) {
      const selected = events.indexOf(`key.selected ${key}`);
      expect(selected).toBeGreaterThanOrEqual(0);
      expect(selected).toBeLessThan(events.indexOf(`attempt.started ${key} 1`));
      expect(events.filter((event) => event === `key.selected ${key}`)).toHaveLength(1);
    }
  });

  it('end with the success of a key', async () => {
    expect(await eventsOf({ K1: [transient, ok] })).toEqual([
      'key.selected K1',
      'attempt.started K1 1',
      'attempt.failed K1 1',
      'attempt.started K1 2',
      'attempt.succeeded K1 2',
      'call.succeeded K1',
    ]);
  });

  it('end with the failure of the call', async () => {
    expect((await eventsOf({ K1: [callerError], K2: [ok] })).slice(-2)).toEqual(['attempt.failed K1 1', 'call.failed']);
    expect((await eventsOf(outage)).at(-1)).toBe('call.failed');
  });

  it('include one health event for a key that becomes unavailable', async () => {
    expect(await eventsOf({ K1: [rateLimited(60_000)], K2: [ok] })).toContain('key.cooled-down K1');
    expect(await eventsOf({ K1: [quotaExhausted()], K2: [ok] })).toContain('key.cooled-down K1');
    expect(await eventsOf({ K1: [invalidKey()], K2: [ok] })).toContain('key.disabled K1');
    expect(await eventsOf({ K1: [invalidKey(500)], K2: [ok] })).toContain('key.disabled K1');
    expect(await eventsOf({ K1: [rateLimited(50), ok], K2: [ok] })).not.toContain('key.cooled-down K1');
  });

  it('carry the documented fields', async () => {
    const { manager, call, key } = scriptKeys({ K1: [rateLimited(60_000)], K2: [transient] });
    const events = recordEvents(manager);
    await call({ maxRetries: 2 }).catch(() => {});
    const { keyId } = key('K1');
    const origin = { provider: 'scripted', pool: 'default' };
    const first = { keyId, ordinal: 1, total: 2, label: 'key 1' };
    const byName = (name: string) => events.find(([eventName]) => eventName === name)?.[1];
    const callId: unknown = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(byName('key.selected')).toEqual({ ...origin, key: first, callId });
    expect(byName('attempt.failed')).toEqual({
      ...origin,
      key: first,
      callId,
      durationMs: 0,
      attemptNumber: 1,
      maxRetries: 2,
      verdict: 'rate-limited',
      reason: 'scripted',
      message: 'scripted failure',
    });
    expect(byName('key.cooled-down')).toEqual({
      ...origin,
      key: first,
      reason: 'scripted',
      untilMs: 60_000,
    });
    expect(byName('key.suspected')).toMatchObject({ untilMs: 30_100 });
    const pauses = events.flatMap(([, event]) => ('delayMs' in event ? [event.delayMs] : []));
    expect(pauses).toEqual([100]);
    expect(byName('keys.exhausted')).toEqual({
      ...origin,
      callId,
      durationMs: 100,
      reason: 'mixed',
      attempts: 3,
      keysTried: 2,
      isBudgetSpent: false,
      retryAfterMs: 59_900,
    });
  });

  it('carry the id of their call, and how long it and its attempts took', async () => {
    const { manager, runtime } = scriptKeys({ K1: [ok], K2: [ok] });
    const events = recordEvents(manager);
    let attempts = 0;
    const call = () =>
      manager.retryWithFallback(
        async () => {
          await runtime.sleep(20);
          if (attempts++ < 2) throw new Error('down');
        },
        { maxRetries: 2, delay: 100 },
      );
    await call();
    await call();
    const ids = events.flatMap(([, event]) => ('callId' in event ? [event.callId] : []));
    const [first = '', second = ''] = new Set(ids);
    expect(ids).toEqual([...Array.from({ length: 10 }, () => first), ...Array.from({ length: 4 }, () => second)]);
    const times = events.flatMap(([name, event]) => ('durationMs' in event ? [[name, event.durationMs]] : []));
    expect(times).toEqual([
      ['attempt.failed', 20],
      ['attempt.failed', 20],
      ['attempt.succeeded', 20],
      ['call.succeeded', 160],
      ['attempt.succeeded', 20],
      ['call.succeeded', 20],
    ]);
  });

  it('say how many attempts the call made, and how many keys it tried', async () => {
    const { manager, call } = scriptKeys({ K1: [transient, transient], K2: [invalidKey()], K3: [ok, callerError] });
    const events = recordEvents(manager, ['call.fell-over', 'call.succeeded', 'call.failed']);
    await call({ maxRetries: 2 });
    await call({ maxRetries: 2 }).catch(() => {});
    expect(events).toMatchObject([
      ['call.fell-over', { verdict: 'transient' }],
      ['call.fell-over', { verdict: 'invalid-key' }],
      ['call.succeeded', { attempts: 4, keysTried: 3 }],
      ['call.failed', { attempts: 1, keysTried: 1 }],
    ]);
  });

  it('all carry the operation and the method of their call', async () => {
    const { manager, runtime } = scriptKeys({ K1: [ok], K2: [ok] });
    const events = recordEvents(manager);
    registry.register(manager, { replace: true });
    class Search {
      @retryWithApiKeyFallback({ provider: customProvider('scripted'), operation: 'search.list', maxRetries: 1 })
      async find(key: string): Promise<string> {
        if (key === 'K1') await invalidKey()(key, runtime);
        return key;
      }
    }
    const search = injectKeys(new Search());
    await expect(search.find()).resolves.toBe('K2');
    manager.disable('K2');
    await expect(search.find()).rejects.toThrow(AllKeysFailedError);
    registry.unregister('scripted');
    const ofCalls = events.filter(([, event]) => 'callId' in event);
    expect(new Set(ofCalls.map(([name]) => name))).toEqual(
      new Set([
        'key.selected',
        'attempt.started',
        'attempt.succeeded',
        'attempt.failed',
        'call.fell-over',
        'call.succeeded',
        'call.failed',
        'keys.exhausted',
      ]),
    );
    for (const [, event] of ofCalls) expect(event).toMatchObject({ operation: 'search.list', methodName: 'find' });
  });

  it('count the wait for a key as time of the call', async () => {
    const { manager, call } = scriptKeys({ K1: [rateLimited(5000), ok] });
    const events = recordEvents(manager, ['call.succeeded']);
    await call(once).catch(() => {});
    await call({ ...once, onExhausted: 'wait' });
    expect(events).toMatchObject([['call.succeeded', { durationMs: 5000 }]]);
  });
});

describe('a listener', () => {
  const scripts = {
    'a success': { K1: [ok], K2: [ok] },
    'a retry': { K1: [transient, ok], K2: [ok] },
    'a disabled key': { K1: [invalidKey()], K2: [ok] },
    'a recovery': { K1: [transient, transient, transient, ok], K2: [invalidKey()] },
    'an exhausted pool': outage,
  } satisfies Record<string, Script>;
  const faults = {
    throws: () => {
      throw new Error('listener');
    },
    rejects: () => Promise.reject(new Error('listener')),
    'rejects by a promise of another realm': () => runInNewContext('Promise.reject(new Error("listener"))') as unknown,
  };
  const cases = Object.entries(scripts).flatMap(([what, script]) =>
    Object.entries(faults).map(([how, fault]) => [how, what, script, fault] as const),
  );

  async function run(script: Script, listener?: () => unknown): Promise<unknown> {
    const { manager, call, calls, sleeps } = scriptKeys(script);
    if (listener) for (const name of eventNames) manager.on(name, listener);
    const outcomes: unknown[] = [];
    for (let number = 0; number < 2; number++) {
      outcomes.push(await call().catch((error: unknown) => String(error)));
    }
    return { outcomes, calls, sleeps };
  }

  it.each(cases)('that %s does not change %s', async (_how, _what, script, fault) => {
    const unhandled = vi.fn<() => void>();
    process.on('unhandledRejection', unhandled);
    const listener = vi.fn<() => unknown>(fault);
    const without = await run(script);
    await expect(run(script, listener)).resolves.toEqual(without);
    await settle();
    process.off('unhandledRejection', unhandled);
    expect(listener).toHaveBeenCalled();
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('of * receives every event with its name, until it is removed', async () => {
    const { manager, call } = scriptKeys({ K1: [invalidKey()], K2: [ok] });
    const all: unknown[] = [];
    const stop = manager.on('*', (name, event) => all.push([name, event]));
    const byName = recordEvents(manager);
    await call();
    expect(byName.length).toBeGreaterThan(5);
    expect(all).toEqual(byName);
    stop();
    await call();
    expect(all.length).toBeLessThan(byName.length);
  });

  it('of * knows by the name which event it receives', () => {
    const { manager } = scriptKeys({ K1: [ok] });
    manager.on('*', (name, event) => {
      if (name === 'attempt.failed') expectTypeOf(event.verdict).toEqualTypeOf<VerdictKind>();
    });
  });

  it('that throws does not stop the other listeners', async () => {
    const { manager, call } = scriptKeys({ K1: [ok] });
    manager.on('call.succeeded', () => {
      throw new Error('listener');
    });
    const other = vi.fn<() => void>();
    manager.on('call.succeeded', other);
    await call();
    expect(other).toHaveBeenCalledTimes(1);
  });

  it('can start another call or remove itself', async () => {
    const { manager, call, calls } = scriptKeys({ K1: [ok] });
    const received: string[] = [];
    const inner: Promise<unknown>[] = [];
    const off = manager.on('call.succeeded', () => {
      received.push('first');
      off();
      inner.push(call(once));
    });
    await call(once);
    await Promise.all(inner);
    expect(received).toEqual(['first']);
    expect(calls).toEqual(['K1', 'K1']);
  });
});
