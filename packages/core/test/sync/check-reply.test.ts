import { MemoryStore } from '@api-key-fallback/core';
import {
  freshRecord,
  type Change,
  type KeyRecord,
  type KeyStateStore,
  type SyncReply,
} from '@api-key-fallback/core/store';
import { describe, expect, it } from 'vitest';
import { ok, scriptKeys, type ScriptedKeys } from '../scripted-keys.ts';
import { exchange } from './unreliable-store.ts';

/** A memory store whose answers are changed on their way. */
function storeAnswering(change: (reply: SyncReply) => unknown): KeyStateStore {
  const inner = new MemoryStore();
  return {
    kind: 'wild',
    sync: async (request) => change(await inner.sync(request)) as SyncReply,
    subscribe: (pool, on) => inner.subscribe(pool, on),
    lease: (pool, name, ttlMs) => inner.lease(pool, name, ttlMs),
    close: () => inner.close(),
  };
}

async function managerWith(store: KeyStateStore): Promise<ScriptedKeys> {
  const keys = scriptKeys({ K1: [ok] }, { store });
  await keys.manager.ready();
  await exchange();
  return keys;
}

const wildNumbers = [Infinity, 1e300, -1, 0.5, NaN, 9e15, '5', null] as const;

describe('a store that answers with wild values', () => {
  it.each(wildNumbers)('has no effect on a key: %s', async (wild) => {
    const keyId = scriptKeys({ K1: [ok] }).key('K1').keyId;
    for (const field of ['generation', 'epoch', 'untilMs', 'level'] as const) {
      const record = { ...freshRecord, untilMs: 4e12, reason: 'rate-limited', [field]: wild } as KeyRecord;
      const store = storeAnswering((reply) => ({ ...reply, records: new Map([[keyId, record]]) }));
      const keys = await managerWith(store);
      expect(keys.key('K1').state).toBe('healthy');
      keys.manager.disable('K1');
      keys.manager.reset('K1');
      expect(keys.key('K1').state).toBe('healthy');
      await keys.manager.close();
    }
  });

  it.each([Infinity, -Infinity, NaN, 1e300, -1, '5', undefined])('counts as away for the time %s', async (now) => {
    const keys = await managerWith(storeAnswering((reply) => ({ ...reply, now })));
    expect(keys.manager.status().store).toEqual({ kind: 'wild', isAway: true, processes: 1 });
    expect(await keys.call()).toBe('K1');
    await keys.manager.close();
  });

  it.each([Infinity, NaN, 1e300, -1, 0.5, '5', undefined])('counts as away for the version %s', async (version) => {
    const keys = await managerWith(storeAnswering((reply) => ({ ...reply, cursor: { incarnation: 'one', version } })));
    expect(keys.manager.status().store).toEqual({ kind: 'wild', isAway: true, processes: 1 });
    await keys.manager.close();
  });

  it.each([Infinity, NaN, 1e300, -1, '5'])('shows no usage of %s', async (wild) => {
    const keyId = scriptKeys({ K1: [ok] }).key('K1').keyId;
    const totals = new Map([['total', new Map([[keyId, [wild, 3]]])]]);
    const keys = await managerWith(storeAnswering((reply) => ({ ...reply, totals })));
    expect(keys.key('K1').sharedUsage).toMatchObject({ attempts: 0 });
    await keys.manager.close();
  });

  it('has no effect through its feed', async () => {
    const inner = new MemoryStore();
    let emit: (change: unknown) => void = () => {};
    const store: KeyStateStore = {
      kind: 'wild',
      sync: (request) => inner.sync(request),
      subscribe: async (_pool, on) => {
        emit = (change) => on.change(change as Change);
        return async () => {};
      },
      lease: (pool, name, ttlMs) => inner.lease(pool, name, ttlMs),
      close: () => inner.close(),
    };
    const keys = await managerWith(store);
    const { keyId } = keys.key('K1');
    const disabled = { ...freshRecord, disabled: 'operator' };
    for (const wild of wildNumbers) {
      const version = wild === 9e15 ? 1e16 : wild;
      emit({ cursor: { incarnation: 'one', version }, instance: 'x', records: new Map([[keyId, disabled]]) });
      const record = { ...disabled, generation: wild };
      emit({ cursor: { incarnation: 'one', version: 5 }, instance: 'x', records: new Map([[keyId, record]]) });
    }
    await exchange();
    expect(keys.key('K1').state).toBe('healthy');
    await keys.manager.close();
  });
});
