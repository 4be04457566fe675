import { describe, expect, it } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { ok, scriptKeys, transient, type ScriptedKeys } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from '../sync/unreliable-store.ts';
import { join, pass } from '../sync/virtual-processes.ts';
import { callTimes } from './limited-keys.ts';

const limits = { requestsPerDay: 3, buckets: { search: { requestsPerDay: 1 } } };
const dayMs = 86_400_000;
const search = { operation: 'search' };

function documented(options: Parameters<typeof scriptKeys>[1] = {}): ScriptedKeys {
  return scriptKeys({ K1: [ok], K2: [ok] }, { ...options, adapter: { limits, ...options.adapter } });
}

describe('the limits that an adapter documents', () => {
  it('let other keys come first, until the next day', async () => {
    const keys = documented();
    await callTimes(keys, 5);
    expect(keys.calls).toEqual(['K1', 'K1', 'K1', 'K2', 'K2']);
    expect(keys.key('K1').state).toBe('healthy');
    keys.runtime.set(dayMs);
    await expect(keys.call()).resolves.toBe('K1');
  });

  it('never keep a call from a key: the quota of an account can be higher', async () => {
    const keys = documented();
    await callTimes(keys, 8);
    expect(keys.calls.slice(6)).toEqual(['K1', 'K1']);
  });

  it('let a retry take another key, if there is one with room', async () => {
    const keys = scriptKeys({ K1: [ok, ok, transient], K2: [ok] }, { adapter: { limits } });
    await callTimes(keys, 3);
    expect(keys.calls).toEqual(['K1', 'K1', 'K1', 'K2']);
  });

  it('count the day of all keys of an account together', async () => {
    const keys = scriptKeys(
      { K1: [ok], K2: [ok], K3: [ok] },
      { adapter: { limits }, groups: { K1: 'a', K2: 'a', K3: 'b' } },
    );
    await callTimes(keys, 2, search);
    expect(keys.calls).toEqual(['K1', 'K3']);
    expect(keys.key('K2').limits?.[1]).toMatchObject({ bucket: 'search', group: 'a', used: 1, limit: 1 });
  });

  it('apply to one bucket besides those of the key', async () => {
    const keys = documented();
    await callTimes(keys, 2, search);
    await keys.call();
    expect(keys.calls).toEqual(['K1', 'K2', 'K1']);
  });

  it('are in the status, as the knowledge of the provider', async () => {
    const keys = documented();
    await keys.call(search);
    const source = 'documented';
    expect(keys.key('K1').limits).toEqual([
      { name: 'requestsPerDay', source, limit: 3, used: 1, resetsAtMs: dayMs },
      { name: 'requestsPerDay', source, limit: 1, used: 1, resetsAtMs: dayMs, bucket: 'search' },
    ]);
  });

  it('are replaced by configured limits of the same name, which lock', async () => {
    const keys = documented({ limits: { requestsPerDay: 4, buckets: { search: { requestsPerDay: 9 } } } });
    await callTimes(keys, 8);
    await expect(keys.call()).rejects.toMatchObject({ reason: 'limited' });
    expect(keys.key('K1').limits).toMatchObject([
      { source: 'configured', limit: 4 },
      { source: 'configured', limit: 9, bucket: 'search' },
    ]);
  });

  it('are replaced for one key only, if only that key has its own', async () => {
    const keys = documented();
    keys.manager.setKeys([{ key: 'K1', limits: { requestsPerDay: 1 } }, 'K2']);
    await callTimes(keys, 4);
    expect(keys.calls).toEqual(['K1', 'K2', 'K2', 'K2']);
    await expect(keys.call()).resolves.toBe('K2');
  });

  it('emit one event for each day and bucket', async () => {
    const keys = documented();
    const events = recordEvents(keys.manager, ['key.limited']);
    await callTimes(keys, 3, search);
    await callTimes(keys, 6);
    const event = { limit: 'requestsPerDay', source: 'documented', untilMs: dayMs };
    const ofFirst = events.map(([, found]) => found).filter((found) => 'key' in found && found.key.ordinal === 1);
    expect(ofFirst).toMatchObject([{ ...event, bucket: 'search' }, event]);
    expect(ofFirst[1]).not.toHaveProperty('bucket');
    expect(events).toHaveLength(4);
  });

  it('count the requests of all processes', async () => {
    const store = new UnreliableStore();
    const start = () => join(store, { K1: [ok], K2: [ok] }, 0, { limits: { requestsPerDay: 3 } });
    const [a, b] = [start(), start()];
    await exchange();
    for (let call = 0; call < 3; call++) await a.call();
    for (let second = 0; second < 3; second++) {
      b.manager.status();
      await pass(1000, store, a, b);
    }
    await expect(b.call()).resolves.toBe('K2');
  });
});
