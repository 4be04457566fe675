import { MemoryStore } from '@api-key-fallback/core';
import type { KeyStateStore } from '@api-key-fallback/core/store';
import { describe, expect, it } from 'vitest';
import { redactor } from '../../src/base/redaction.ts';
import { outcomeNow, settle } from '../fake-runtime.ts';
import { ok, rateLimited, scriptKeys, type ScriptedKeys } from '../scripted-keys.ts';
import { exchange } from './unreliable-store.ts';

const never = () => new Promise<never>(() => {});
const fail = () => {
  throw new Error('scripted');
};

/** A memory store with some methods of its own. */
function storeWith(own: (inner: MemoryStore) => Partial<KeyStateStore>): KeyStateStore {
  const inner = new MemoryStore();
  return {
    kind: 'scripted',
    sync: (request) => inner.sync(request),
    subscribe: (pool, on) => inner.subscribe(pool, on),
    lease: (pool, name, ttlMs) => inner.lease(pool, name, ttlMs),
    close: () => inner.close(),
    ...own(inner),
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await settle();
}

/** A store whose operations take some turns of the event loop. It counts what is in use. */
function slowStore() {
  const uses = { running: 0, started: 0, feeds: 0, leases: 0 };
  async function slowly<T>(work: () => Promise<T>): Promise<T> {
    uses.running++;
    uses.started++;
    await turns(4);
    const result = await work();
    uses.running--;
    return result;
  }
  const store = storeWith((inner) => ({
    sync: (request) => slowly(() => inner.sync(request)),
    subscribe: async (pool, on) => {
      const end = await slowly(() => inner.subscribe(pool, on));
      uses.feeds++;
      return () => slowly(end).then(() => void uses.feeds--);
    },
    lease: async (pool, name, ttlMs) => {
      const lease = await slowly(() => inner.lease(pool, name, ttlMs));
      if (lease) uses.leases++;
      return lease && { release: () => slowly(() => lease.release()).then(() => void uses.leases--) };
    },
  }));
  return { store, uses };
}

/** Expects that neither the store is used nor a timer waits, now and later. */
async function expectQuiet({ runtime }: ScriptedKeys, { uses }: ReturnType<typeof slowStore>): Promise<void> {
  expect(uses).toMatchObject({ running: 0, feeds: 0, leases: 0 });
  const { started } = uses;
  for (let minute = 0; minute < 3; minute++) {
    await turns(30);
    expect(runtime.asleep).toBe(0);
    await runtime.advance(60_000);
  }
  expect(uses.started).toBe(started);
}

describe('a manager that was closed', () => {
  it.each(Array.from({ length: 14 }, (_, turn) => turn))(
    'uses neither its store nor a timer, when its last change was %i turns ago',
    async (count) => {
      const slow = slowStore();
      const keys = scriptKeys({ K1: [rateLimited(4000)], K2: [ok] }, { store: slow.store, stepped: true });
      await turns(count);
      await keys.call();
      const closing = keys.manager.close();
      await turns(count);
      keys.manager.disable('K2');
      await closing;
      await expectQuiet(keys, slow);
    },
  );

  it.each(Array.from({ length: 14 }, (_, turn) => turn))(
    'holds no lease that it has requested %i turns before',
    async (count) => {
      const slow = slowStore();
      const keys = scriptKeys({ K1: [rateLimited(4000)], K2: [ok] }, { store: slow.store, stepped: true });
      await keys.manager.ready();
      await keys.call();
      await exchange();
      await keys.runtime.advance(5000);
      expect(keys.key('K1').state).toBe('recovering');
      await keys.call();
      await turns(count);
      await keys.manager.close();
      await expectQuiet(keys, slow);
    },
  );

  it('probes recovering keys without asking the store', async () => {
    const slow = slowStore();
    const keys = scriptKeys({ K1: [rateLimited(4000), ok], K2: [ok] }, { store: slow.store, stepped: true });
    await keys.manager.ready();
    await keys.call();
    await keys.manager.close();
    await keys.runtime.advance(4000);
    await expect(keys.call()).resolves.toBe('K1');
    await expectQuiet(keys, slow);
  });

  /** A manager that waits for the lease of its first key, until one of the `gates` opens. */
  async function waitingForLease() {
    const leases = { gates: [] as (() => void)[], held: 0 };
    const store = storeWith(() => ({
      async lease() {
        await new Promise<void>((resolve) => leases.gates.push(resolve));
        leases.held++;
        return { release: async () => void leases.held-- };
      },
    }));
    const keys = scriptKeys({ K1: [rateLimited(4000)], K2: [ok] }, { store, stepped: true });
    await keys.manager.ready();
    await keys.call();
    await keys.runtime.advance(5000);
    await keys.call();
    await settle();
    expect(leases.gates).toHaveLength(1);
    return { keys, leases };
  }

  it('releases the lease of a key that was reset before the lease was granted', async () => {
    const { keys, leases } = await waitingForLease();
    keys.manager.reset('K1');
    for (const open of leases.gates) open();
    await exchange();
    expect(leases.held).toBe(0);
    await keys.manager.close();
  });

  it('releases a lease that the store grants too late', async () => {
    const { keys, leases } = await waitingForLease();
    const closing = keys.manager.close();
    await keys.runtime.advance(5000);
    await closing;
    for (const open of leases.gates) open();
    await settle();
    expect(leases.held).toBe(0);
  });
});

describe('close() sends what the store does not have', () => {
  it.each([100, 1000, 4000])('to a store that is away for the next %i ms', async (awayMs) => {
    const inner = new MemoryStore();
    let isAway = false;
    const store = storeWith(() => ({
      sync: async (request) => {
        if (isAway) throw new Error('away');
        return inner.sync(request);
      },
    }));
    const keys = scriptKeys({ K1: [ok], K2: [ok] }, { store, stepped: true });
    await keys.manager.ready();
    isAway = true;
    await keys.call();
    keys.manager.disable('K1');
    const closing = keys.manager.close();
    await keys.runtime.advance(awayMs);
    isAway = false;
    await keys.runtime.advance(2000);
    await closing;
    const other = scriptKeys({ K1: [ok], K2: [ok] }, { store: inner });
    await other.manager.ready();
    expect(other.key('K1')).toMatchObject({ state: 'disabled', sharedUsage: { attempts: 1 } });
    await other.manager.close();
  });

  it('for 5 s, and no longer', async () => {
    const store = storeWith(() => ({ sync: fail }));
    const keys = scriptKeys({ K1: [ok] }, { store, stepped: true });
    await keys.call();
    const closing = keys.manager.close();
    await keys.runtime.advance(4000);
    expect(await outcomeNow(closing)).toBe('pending');
    await keys.runtime.advance(1000);
    expect(await outcomeNow(closing)).toEqual({ value: undefined });
  });

  it('and ends at once when a store that is away lacks nothing', async () => {
    const store = storeWith(() => ({ sync: fail }));
    const keys = scriptKeys({ K1: [ok] }, { store, stepped: true });
    await keys.manager.ready();
    expect(await outcomeNow(keys.manager.close())).toEqual({ value: undefined });
  });

  it('within 6 s when the store hangs', async () => {
    const store = storeWith(() => ({ sync: never, subscribe: never }));
    const keys = scriptKeys({ K1: [ok] }, { store, stepped: true });
    await keys.call();
    const closing = keys.manager.close();
    await keys.runtime.advance(6000);
    expect(await outcomeNow(closing)).toEqual({ value: undefined });
  });
});

describe('close() never rejects, and forgets keys, clients and listeners', () => {
  it.each<[string, Partial<Record<keyof KeyStateStore, unknown>>]>([
    ['the feed has no end', { subscribe: async () => undefined }],
    ['the end of the feed is synchronous', { subscribe: async () => () => {} }],
    ['the end of the feed throws', { subscribe: async () => fail }],
    ['the end of the feed hangs', { subscribe: async () => never }],
    ['the feed does not start', { subscribe: never }],
    ['subscribe() throws', { subscribe: fail }],
    ['subscribe() returns nothing', { subscribe: () => {} }],
    ['sync() hangs', { sync: never }],
    ['sync() throws', { sync: fail }],
    ['sync() resolves to nothing', { sync: async () => undefined }],
    ['lease() hangs', { lease: never }],
    ['lease() throws', { lease: fail }],
    ['lease() resolves to nothing', { lease: async () => undefined }],
    ['a lease cannot be released', { lease: async () => ({}) }],
    ['the release of a lease throws', { lease: async () => ({ release: fail }) }],
    ['the release of a lease hangs', { lease: async () => ({ release: never }) }],
  ])('when %s', async (what, own) => {
    const secret = `secret-${what.replaceAll(' ', '-')}`;
    const store = storeWith(() => own as Partial<KeyStateStore>);
    const createClient = () => ({});
    const keys = scriptKeys(
      { [secret]: [rateLimited(4000)], K2: [ok] },
      { store, stepped: true, adapter: { createClient } },
    );
    const events: unknown[] = [];
    keys.manager.on('key.disabled', (event) => events.push(event));
    const client = await keys.manager.getClient('K2');
    void keys.call();
    for (let second = 0; second < 7; second++) await keys.runtime.advance(1000);
    void keys.call();
    await exchange();
    const closing = keys.manager.close();
    for (let second = 0; second < 16; second++) await keys.runtime.advance(1000);
    await expect(closing).resolves.toBeUndefined();
    keys.manager.disable('K2');
    expect(events).toEqual([]);
    await expect(keys.manager.getClient('K2')).resolves.not.toBe(client);
    expect(redactor.holdsKey(secret)).toBe(true);
    for (let other = 0; other < 1000; other++) {
      redactor.add(`another-key-${other}`);
      redactor.retire(`another-key-${other}`);
    }
    expect(redactor.holdsKey(secret)).toBe(false);
  });
});
