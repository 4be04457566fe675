import {
  AllKeysFailedError,
  ApiKeyManager,
  customProvider,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  type ApiKey,
  type CustomProvider,
} from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { FakeRuntime } from '../fake-runtime.ts';
import { inWords, keyChanges, recordEvents } from './record-events.ts';
import {
  callerError,
  invalidKey,
  ok,
  quotaExhausted,
  rateLimited,
  scriptedAdapter,
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
      async find(key: ApiKey<CustomProvider<'scripted'>>): Promise<string> {
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

  it('count the wait for keys and for a client as time of the call', async () => {
    const runtime = new FakeRuntime();
    const load = async () => {
      await runtime.pass(200);
      return ['K1'];
    };
    const createClient = async (key: string) => {
      await runtime.pass(50);
      return { key };
    };
    const manager = new ApiKeyManager({ ...scriptedAdapter, createClient }, load, { logger: false, runtime });
    const events = recordEvents(manager, ['call.succeeded']);
    await manager.retryWithFallback((client) => client, { inject: 'client' } as never);
    expect(events).toMatchObject([['call.succeeded', { durationMs: 250 }]]);
    await manager.close();
  });

  it('count the wait for a key as time of the call', async () => {
    const { manager, call } = scriptKeys({ K1: [rateLimited(5000), ok] });
    const events = recordEvents(manager, ['call.succeeded']);
    await call(once).catch(() => {});
    await call({ ...once, onExhausted: 'wait' });
    expect(events).toMatchObject([['call.succeeded', { durationMs: 5000 }]]);
  });
});
