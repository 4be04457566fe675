import { InvalidOptionsError, type MarkReason } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { inWords, keyChanges, recordEvents } from '../events/record-events.ts';
import { invalidKey, ok, quotaExhausted, rateLimited, scriptKeys, transient } from '../scripted-keys.ts';

const once = { maxRetries: 1 };

describe('the current key', () => {
  it('is the key that the next call uses first', async () => {
    const { manager, call, calls, runtime } = scriptKeys({ K1: [rateLimited(1000), ok], K2: [ok] });
    expect([manager.getCurrentKey(), manager.currentKeyIndex]).toEqual(['K1', 0]);
    await call(once);
    expect([manager.getCurrentKey(), manager.currentKeyIndex]).toEqual(['K2', 1]);
    await call(once);
    runtime.set(1000);
    expect([manager.getCurrentKey(), manager.currentKeyIndex]).toEqual(['K1', 0]);
    await call(once);
    expect(calls).toEqual(['K1', 'K2', 'K2', 'K1']);
  });

  it('is a suspect key if no healthy key is left', async () => {
    const { manager, call } = scriptKeys({ K1: [transient], K2: [invalidKey()] });
    await call(once).catch(() => {});
    expect([manager.getCurrentKey(), manager.currentKeyIndex]).toEqual(['K1', 0]);
  });

  it('is undefined if no key is available', () => {
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] });
    manager.disable('K1');
    manager.disable('K2');
    expect([manager.getCurrentKey(), manager.currentKeyIndex]).toEqual([undefined, -1]);
  });

  it('does not change when it is read', () => {
    const { manager } = scriptKeys({ K1: [ok], K2: [ok] }, { strategy: 'round-robin' });
    expect([manager.getCurrentKey(), manager.getCurrentKey(), manager.currentKeyIndex]).toEqual(['K1', 'K1', 0]);
  });
});

describe('the lists of keys', () => {
  it('contain all keys in order, and the suspect, cooling or disabled keys', async () => {
    const { manager, call } = scriptKeys({
      K1: [transient],
      K2: [rateLimited(60_000)],
      K3: [invalidKey()],
      K4: [quotaExhausted()],
      K5: [ok],
    });
    expect(manager.getFailedKeys()).toEqual([]);
    await expect(call(once)).resolves.toBe('K5');
    expect(manager.getAllKeys()).toEqual(['K1', 'K2', 'K3', 'K4', 'K5']);
    expect(manager.getFailedKeys()).toEqual(['K1', 'K2', 'K3', 'K4']);
  });

  it('drop a failed key when its time is over', async () => {
    const { manager, call, runtime } = scriptKeys({ K1: [transient], K2: [rateLimited(60_000)], K3: [ok] });
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
  it('cools the current key for 60 s and returns whether another key is left', () => {
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

  it('returns true if only a suspect key is left', async () => {
    const { manager, call } = scriptKeys({ K1: [transient], K2: [ok] });
    await call(once);
    expect(manager.getCurrentKey()).toBe('K2');
    expect(manager.markKeyFailed('K2')).toBe(true);
    expect(manager.getCurrentKey()).toBe('K1');
  });

  it.each<[MarkReason, string, number | undefined]>([
    ['transient', 'suspect', undefined],
    ['rate-limited', 'cooling', 60_000],
    ['quota-exhausted', 'cooling', 3_600_000],
    ['invalid-key', 'disabled', 300_000],
  ])('treats a key marked as %s like a failed call', (reason, state, availableAtMs) => {
    const { manager, key } = scriptKeys({ K1: [ok], K2: [ok], K3: [ok] });
    expect(manager.markKeyFailed('K2', reason)).toBe(true);
    expect(key('K2').state).toBe(state);
    expect(key('K2').availableAtMs).toBe(availableAtMs);
    expect(manager.getFailedKeys()).toEqual(['K2']);
  });

  it('makes later calls start with another key', async () => {
    const { manager, call, calls } = scriptKeys({ K1: [ok], K2: [ok] });
    manager.markKeyFailed('K1');
    await call();
    expect(calls).toEqual(['K2']);
  });

  it('rejects an unlisted key and an unknown reason without showing them', () => {
    const { manager } = scriptKeys({ K1: [ok] });
    expect(() => manager.markKeyFailed('foreign-key')).toThrow(InvalidOptionsError);
    expect(() => manager.markKeyFailed('foreign-key')).not.toThrow(/foreign-key/);
    expect(() => manager.markKeyFailed('K1', 'caller-error' as MarkReason)).toThrow(InvalidOptionsError);
    expect(manager.getFailedKeys()).toEqual([]);
  });
});

describe('reset, disable and enable', () => {
  it('reset() makes one key or all keys available again', async () => {
    const { manager, call, key } = scriptKeys({ K1: [transient], K2: [rateLimited()], K3: [invalidKey()], K4: [ok] });
    await call(once);
    manager.reset('K2');
    expect(key('K2').state).toBe('healthy');
    expect(manager.getFailedKeys()).toEqual(['K1', 'K3']);
    manager.reset();
    expect(manager.getFailedKeys()).toEqual([]);
    expect(manager.getCurrentKey()).toBe('K1');
  });

  it('reset() restarts the doubling of the time until a refused key is tried again', () => {
    const { manager, key, runtime } = scriptKeys({ K1: [ok] });
    manager.markKeyFailed('K1', 'invalid-key');
    runtime.set(300_000);
    manager.markKeyFailed('K1', 'invalid-key');
    expect(key('K1').availableAtMs).toBe(900_000);
    manager.reset('K1');
    manager.markKeyFailed('K1', 'invalid-key');
    expect(key('K1').availableAtMs).toBe(600_000);
  });

  it('disable() disables a key until enable(), however much time passes', async () => {
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

  it('emit each change once', () => {
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

  it.each(['reset', 'disable', 'enable'] as const)('%s() rejects an unlisted key without showing it', (method) => {
    const { manager } = scriptKeys({ K1: [ok] });
    expect(() => manager[method]('foreign-key')).toThrow(InvalidOptionsError);
    expect(() => manager[method]('foreign-key')).not.toThrow(/foreign-key/);
  });
});
