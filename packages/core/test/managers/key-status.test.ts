import { ApiKeyManager, InvalidOptionsError, type Runtime } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { settle } from '../fake-runtime.ts';
import { recordEvents } from '../events/record-events.ts';
import { renderings } from '../base/renderings.ts';
import { invalidKey, ok, rateLimited, scriptedAdapter, scriptKeys, transient, takes } from '../scripted-keys.ts';

const once = { maxRetries: 1 };

describe('status', () => {
  it('names the provider and describes every key', async () => {
    const { manager, call } = scriptKeys({ K1: [rateLimited(60_000)], K2: [ok] });
    await call(once);
    const { keys, next, day: _day, ...provider } = manager.status();
    expect(next.map(({ ordinal }) => ordinal)).toEqual([2, 1]);
    expect(provider).toEqual({ provider: 'scripted', pool: 'default', displayName: 'Scripted', usable: 1 });
    expect(keys[0]).toMatchObject({
      ordinal: 1,
      total: 2,
      state: 'cooling',
      reason: 'rate-limited',
      availableAtMs: 60_000,
    });
    expect(keys[1]).toMatchObject({ ordinal: 2, total: 2, state: 'healthy' });
    expect(keys[1]).not.toHaveProperty('reason');
    expect(keys[1]).not.toHaveProperty('availableAtMs');
  });

  it('counts the usage of each key', async () => {
    const { call, key, runtime } = scriptKeys({ K1: [transient, rateLimited(10), invalidKey()], K2: [ok] });
    await call();
    runtime.set(5000);
    await call();
    const counts = {
      attempts: 3,
      successes: 0,
      failures: { transient: 1, 'rate-limited': 1, 'quota-exhausted': 0, 'invalid-key': 1, 'caller-error': 0 },
      quotaUnits: 3,
      tokens: 0,
      inputTokens: 0,
      outputTokens: 0,
    };
    expect(key('K1').usage).toEqual({ ...counts, today: counts, inUse: 0, lastUsedAtMs: 110 });
    expect(key('K2').usage).toMatchObject({ attempts: 2, successes: 2, inUse: 0, lastUsedAtMs: 5000 });
  });

  it('shows which keys are in use now', async () => {
    const { call, key, runtime } = scriptKeys({ K1: [takes(10, ok)] }, { stepped: true });
    const calls = [call(), call()];
    await settle();
    expect(key('K1').usage.inUse).toBe(2);
    await runtime.advance(10);
    await Promise.all(calls);
    expect(key('K1').usage.inUse).toBe(0);
  });

  it('is a snapshot', async () => {
    const { manager, call, key } = scriptKeys({ K1: [ok] });
    const before = manager.status();
    await call();
    expect(before.keys[0]?.usage.attempts).toBe(0);
    expect(key('K1').usage.attempts).toBe(1);
  });

  it('derives the id from the key and the provider, not from its position', () => {
    const idsOf = (keys: string[], name = 'scripted') =>
      new ApiKeyManager({ ...scriptedAdapter, name }, keys, { logger: false }).status().keys.map(({ keyId }) => keyId);
    const [first, second] = idsOf(['K1', 'K2']);
    expect(first).not.toBe(second);
    expect(idsOf(['K0', 'K2', 'K1'])).toEqual([expect.any(String), second, first]);
    expect(idsOf(['K1'], 'other')).not.toEqual([first]);
  });

  it('masks a key, and shows nothing of one under 20 characters', () => {
    const long = 'sk-proj-ABCDEFGHIJKLMNOPab12';
    const short = 'short-key-of-19-abc';
    const manager = new ApiKeyManager(scriptedAdapter, [long, short], { logger: false });
    const [first, second] = manager.status().keys;
    expect(first?.masked).toBe('sk-…ab12');
    expect(second?.masked).toMatch(/^\W*$/);
    expect(JSON.stringify(second)).not.toMatch(/shor|-abc/);
  });

  it('labels a key by its position unless it has a label', () => {
    const inputs = [{ key: 'K1', label: 'OPENAI_API_KEY', group: 'project-a' }, 'K2'];
    const manager = new ApiKeyManager(scriptedAdapter, inputs, { logger: false });
    const [first, second] = manager.status().keys;
    expect(first).toMatchObject({ label: 'OPENAI_API_KEY', group: 'project-a' });
    expect(second?.label).toBe('key 2');
    expect(second).not.toHaveProperty('group');
  });
});

describe('listeners', () => {
  it('receive events until they are removed', async () => {
    const { manager, call } = scriptKeys({ K1: [ok] });
    const received: string[] = [];
    const off = manager.on('call.succeeded', ({ key }) => received.push(key.label));
    await call();
    off();
    off();
    await call();
    expect(received).toEqual(['key 1']);
  });

  it('must be functions', () => {
    const { manager } = scriptKeys({ K1: [ok] });
    expect(() => manager.on('call.succeeded', 'listener' as never)).toThrow(InvalidOptionsError);
  });

  it('are removed by close(), which can be called twice', async () => {
    const { manager, call } = scriptKeys({ K1: [ok] });
    const events = recordEvents(manager);
    await manager.close();
    await manager.close();
    await call();
    expect(events).toEqual([]);
  });
});

describe('a manager', () => {
  it('does not show its keys when it is printed', () => {
    const key = 'sk-recognisable-0123456789';
    const manager = new ApiKeyManager(scriptedAdapter, [key], { logger: false });
    for (const text of renderings(manager)) expect(text).not.toContain('recognisable');
    expect(JSON.stringify(Object.entries(manager))).not.toContain('recognisable');
  });

  it('accepts a runtime with own or inherited methods', async () => {
    class Clock implements Pick<Runtime, 'now'> {
      readonly #time = 7000;
      now(): number {
        return this.#time;
      }
    }
    const manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, runtime: new Clock() });
    await manager.retryWithFallback(() => 'value');
    expect(manager.status().keys[0]?.usage.lastUsedAtMs).toBe(7000);
  });
});
