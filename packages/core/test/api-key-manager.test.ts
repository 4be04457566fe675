import { ApiKeyManager, InvalidOptionsError, type Runtime, type MarkReason } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { settle } from './fake-runtime.ts';
import { inWords, keyChanges, recordEvents } from './record-events.ts';
import { renderings } from './renderings.ts';
import { INV, ok, Q, RL, scriptedAdapter, scriptKeys, T, takes } from './scripted-keys.ts';

const once = { maxRetries: 1 };

describe('the current key', () => {
  it('is the one that the next call takes first', async () => {
    const { manager, call, calls, runtime } = scriptKeys({ K1: [RL(1000), ok], K2: [ok] });
    expect([manager.getCurrentKey(), manager.currentKeyIndex]).toEqual(['K1', 0]);
    await call(once);
    expect([manager.getCurrentKey(), manager.currentKeyIndex]).toEqual(['K2', 1]);
    await call(once);
    runtime.set(1000);
    expect([manager.getCurrentKey(), manager.currentKeyIndex]).toEqual(['K1', 0]);
    await call(once);
    expect(calls).toEqual(['K1', 'K2', 'K2', 'K1']);
  });

  it('is a suspect one when there is no better one', async () => {
    const { manager, call } = scriptKeys({ K1: [T], K2: [INV()] });
    await call(once).catch(() => {});
    expect([manager.getCurrentKey(), manager.currentKeyIndex]).toEqual(['K1', 0]);
  });

  it('is none when no key can be used', () => {
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] });
    manager.disable('K1');
    manager.disable('K2');
    expect([manager.getCurrentKey(), manager.currentKeyIndex]).toEqual([undefined, -1]);
  });

  it('does not change by being looked at', () => {
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] }, { strategy: 'round-robin' });
    expect([manager.getCurrentKey(), manager.getCurrentKey(), manager.currentKeyIndex]).toEqual(['K1', 'K1', 0]);
  });
});

describe('the lists of keys', () => {
  it('hold all keys in order, and those that are suspect, cooling or disabled', async () => {
    const { manager, call } = scriptKeys({ K1: [T], K2: [RL(60_000)], K3: [INV()], K4: [Q()], K5: [ok] });
    expect(manager.getFailedKeys()).toEqual([]);
    await expect(call(once)).resolves.toBe('K5');
    expect(manager.getAllKeys()).toEqual(['K1', 'K2', 'K3', 'K4', 'K5']);
    expect(manager.getFailedKeys()).toEqual(['K1', 'K2', 'K3', 'K4']);
  });

  it('forget a failure when its time is over', async () => {
    const { manager, call, runtime } = scriptKeys({ K1: [T], K2: [RL(60_000)], K3: [ok] });
    await call(once);
    runtime.set(30_000);
    expect(manager.getFailedKeys()).toEqual(['K2']);
    runtime.set(60_000);
    expect(manager.getFailedKeys()).toEqual([]);
  });

  it('are copies', () => {
    const { manager } = scriptKeys({ K1: [ok] });
    manager.getAllKeys().push('K9');
    expect(manager.getAllKeys()).toEqual(['K1']);
  });
});

describe('markKeyFailed', () => {
  it('takes the current key out for 60 s and says whether another key is left', () => {
    const { manager, key, runtime } = scriptKeys({ K1: [ok], K2: [ok] });
    expect(manager.markKeyFailed()).toBe(true);
    expect(key('K1')).toMatchObject({ state: 'cooling', availableAtMs: 60_000 });
    expect(manager.getCurrentKey()).toBe('K2');
    expect(manager.markKeyFailed()).toBe(false);
    expect(manager.getFailedKeys()).toEqual(['K1', 'K2']);
    expect(manager.markKeyFailed()).toBe(false);
    runtime.set(60_000);
    expect(manager.getCurrentKey()).toBe('K1');
  });

  it('says that a key is left when it is a suspect one', async () => {
    const { manager, call } = scriptKeys({ K1: [T], K2: [ok] });
    await call(once);
    expect(manager.getCurrentKey()).toBe('K2');
    expect(manager.markKeyFailed('K2')).toBe(true);
    expect(manager.getCurrentKey()).toBe('K1');
  });

  it.each<[MarkReason, string, number | undefined]>([
    ['transient', 'suspect', undefined],
    ['rate-limited', 'cooling', 60_000],
    ['quota-exhausted', 'cooling', 3_600_000],
    ['invalid-key', 'disabled', undefined],
  ])('treats a key marked as %s like a failed call does', (reason, state, availableAtMs) => {
    const { manager, key } = scriptKeys({ K1: [ok], K2: [ok], K3: [ok] });
    expect(manager.markKeyFailed('K2', reason)).toBe(true);
    expect(key('K2').state).toBe(state);
    expect(key('K2').availableAtMs).toBe(availableAtMs);
    expect(manager.getFailedKeys()).toEqual(['K2']);
  });

  it('makes later calls start at another key', async () => {
    const { manager, call, calls } = scriptKeys({ K1: [ok], K2: [ok] });
    manager.markKeyFailed('K1');
    await call();
    expect(calls).toEqual(['K2']);
  });

  it('refuses a foreign key and an unknown reason without repeating them', () => {
    const { manager } = scriptKeys({ K1: [ok] });
    expect(() => manager.markKeyFailed('foreign-key')).toThrow(InvalidOptionsError);
    expect(() => manager.markKeyFailed('foreign-key')).not.toThrow(/foreign-key/);
    expect(() => manager.markKeyFailed('K1', 'caller-error' as MarkReason)).toThrow(InvalidOptionsError);
    expect(manager.getFailedKeys()).toEqual([]);
  });
});

describe('reset, disable and enable', () => {
  it('reset puts one key or all keys back', async () => {
    const { manager, call, key } = scriptKeys({ K1: [T], K2: [RL()], K3: [INV()], K4: [ok] });
    await call(once);
    manager.reset('K2');
    expect(key('K2').state).toBe('healthy');
    expect(manager.getFailedKeys()).toEqual(['K1', 'K3']);
    manager.reset();
    expect(manager.getFailedKeys()).toEqual([]);
    expect(manager.getCurrentKey()).toBe('K1');
  });

  it('reset restarts the doubling of cooldowns', () => {
    const { manager, key, runtime } = scriptKeys({ K1: [ok] });
    manager.markKeyFailed('K1');
    runtime.set(60_000);
    manager.markKeyFailed('K1');
    expect(key('K1').availableAtMs).toBe(180_000);
    manager.reset('K1');
    manager.markKeyFailed('K1');
    expect(key('K1').availableAtMs).toBe(120_000);
  });

  it('disable takes a key out until enable, whatever time passes', async () => {
    const { manager, call, calls, runtime, key } = scriptKeys({ K1: [ok], K2: [ok] });
    manager.disable('K1');
    runtime.set(1e12);
    await call();
    expect(key('K1')).toMatchObject({ state: 'disabled', reason: 'operator' });
    expect(manager.getFailedKeys()).toEqual(['K1']);
    manager.enable('K1');
    await call();
    expect(calls).toEqual(['K2', 'K1']);
  });

  it('tell each change once', () => {
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] });
    const changes = recordEvents(manager, keyChanges);
    manager.disable('K1');
    manager.disable('K1');
    manager.enable('K1');
    manager.enable('K1');
    manager.markKeyFailed('K2', 'quota-exhausted');
    manager.reset();
    manager.reset();
    expect(changes.map(inWords)).toEqual([
      'key.disabled K1',
      'key.recovered K1',
      'key.cooled-down K2',
      'key.recovered K2',
    ]);
  });

  it.each(['reset', 'disable', 'enable'] as const)('%s refuses a foreign key without repeating it', (method) => {
    const { manager } = scriptKeys({ K1: [ok] });
    expect(() => manager[method]('foreign-key')).toThrow(InvalidOptionsError);
    expect(() => manager[method]('foreign-key')).not.toThrow(/foreign-key/);
  });
});

describe('status', () => {
  it('names the provider and describes every key', async () => {
    const { manager, call } = scriptKeys({ K1: [RL(60_000)], K2: [ok] });
    await call(once);
    const { keys, ...provider } = manager.status();
    expect(provider).toEqual({ provider: 'scripted', displayName: 'Scripted' });
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

  it('counts what each key was used for', async () => {
    const { call, key, runtime } = scriptKeys({ K1: [T, RL(10), INV()], K2: [ok] });
    await call();
    runtime.set(5000);
    await call();
    const counts = {
      attempts: 3,
      successes: 0,
      failures: { transient: 1, 'rate-limited': 1, 'quota-exhausted': 0, 'invalid-key': 1, 'caller-error': 0 },
      quotaUnits: 3,
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

  it('identifies a key by its value, not by its place, and differently for each provider', () => {
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

  it('calls a key by its place unless it has a name', () => {
    const inputs = [{ key: 'K1', label: 'OPENAI_API_KEY', group: 'project-a' }, 'K2'];
    const manager = new ApiKeyManager(scriptedAdapter, inputs, { logger: false });
    const [first, second] = manager.status().keys;
    expect(first).toMatchObject({ label: 'OPENAI_API_KEY', group: 'project-a' });
    expect(second?.label).toBe('key 2');
    expect(second).not.toHaveProperty('group');
  });
});

describe('listeners', () => {
  it('hear of events until they are taken off', async () => {
    const { manager, call } = scriptKeys({ K1: [ok] });
    const heard: string[] = [];
    const off = manager.on('call.succeeded', ({ key }) => heard.push(key.label));
    await call();
    off();
    off();
    await call();
    expect(heard).toEqual(['key 1']);
  });

  it('must be functions', () => {
    const { manager } = scriptKeys({ K1: [ok] });
    expect(() => manager.on('call.succeeded', 'listener' as never)).toThrow(InvalidOptionsError);
  });

  it('are dropped by close, which can be repeated', async () => {
    const { manager, call } = scriptKeys({ K1: [ok] });
    const events = recordEvents(manager);
    await manager.close();
    await manager.close();
    await call();
    expect(events).toEqual([]);
  });
});

describe('a manager', () => {
  it('keeps its keys out of every rendering', () => {
    const key = 'sk-recognisable-0123456789';
    const manager = new ApiKeyManager(scriptedAdapter, [key], { logger: false });
    for (const text of renderings(manager)) expect(text).not.toContain('recognisable');
    expect(JSON.stringify(Object.entries(manager))).not.toContain('recognisable');
  });

  it('takes its clock from an object with methods, own or inherited', async () => {
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
