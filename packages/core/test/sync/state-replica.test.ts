import { type KeyManagerEvents, type Logger } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { closeLater, join, pass } from './virtual-processes.ts';
import { invalidKey, ok, quotaExhausted, rateLimited, scriptKeys, transient, type Script } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from './unreliable-store.ts';

describe('what one process learns', () => {
  it('reaches the others: a cooldown, with the remaining time', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [rateLimited(4000)], K2: [ok] });
    await exchange();
    await a.call();
    await pass(10, store, a);
    const b = join(store, { K1: [ok], K2: [ok] });
    await b.manager.ready();
    expect(b.key('K1')).toMatchObject({ state: 'cooling', reason: 'rate-limited' });
    expect((b.key('K1').availableAtMs ?? 0) - b.runtime.now()).toBe(3990);
    expect(await b.call()).toBe('K2');
    await pass(3990, store, a, b);
    expect(b.key('K1').state).toBe('recovering');
  });

  it.each<[string, Script[string][number], string]>([
    ['a quota', quotaExhausted(1_500_000), 'cooling'],
    ['an invalid key', invalidKey(), 'disabled'],
  ])('reaches running processes at once: %s', async (_what, outcome, state) => {
    const store = new UnreliableStore();
    const [a, b] = [join(store, { K1: [outcome], K2: [ok] }), join(store, { K1: [ok], K2: [ok] })];
    await exchange();
    await a.call();
    await exchange();
    expect(b.key('K1').state).toBe(state);
    expect(await b.call()).toBe('K2');
  });

  it('stays in this process when others cannot use it: a server error, a suspicion', async () => {
    const store = new UnreliableStore();
    const [a, b] = [join(store, { K1: [transient], K2: [ok] }), join(store, { K1: [ok], K2: [ok] })];
    await exchange();
    const call = a.call({ maxRetries: 1 });
    await exchange();
    await call;
    expect(a.key('K1').state).toBe('suspect');
    expect(b.key('K1').state).toBe('healthy');
  });

  it('is emitted in the other process, too, and marked as from the store', async () => {
    const store = new UnreliableStore();
    const [a, b] = [join(store, { K1: [rateLimited(4000)], K2: [ok] }), join(store, { K1: [ok], K2: [ok] })];
    const events: KeyManagerEvents['key.cooled-down'][] = [];
    for (const { manager } of [a, b]) manager.on('key.cooled-down', (event) => events.push(event));
    await exchange();
    await a.call();
    await exchange();
    expect(events).toHaveLength(2);
    expect(events[0]).not.toHaveProperty('isFromStore');
    expect(events[1]).toMatchObject({ isFromStore: true, reason: 'rate-limited', untilMs: store.time + 4000 });
  });

  it('is logged in the other process, where no other line explains it', async () => {
    const store = new UnreliableStore();
    const lines: string[] = [];
    const [debug, info, warn, error] = ['debug', 'info', 'warn', 'error'].map(
      (level) => (line: string) => lines.push(`${level} ${line}`),
    ) as [Logger['debug'], Logger['info'], Logger['warn'], Logger['error']];
    const a = join(store, { K1: [invalidKey()], K2: [ok] });
    const b = scriptKeys({ K1: [ok], K2: [ok] }, { store, logger: { debug, info, warn, error } });
    closeLater(b);
    await exchange();
    await a.call();
    await exchange();
    a.manager.reset('K1');
    await exchange();
    expect(lines.filter((line) => !line.includes('look like'))).toEqual([
      'info Scripted: Key 1/2 is disabled (invalid-key), reported by another process',
      'info Scripted: Key 1/2 has recovered, reported by another process',
    ]);
  });

  it('applies to the bucket that it was learned in', async () => {
    const store = new UnreliableStore();
    const limited = { kind: 'quota-exhausted', reason: 'x', bucket: 'search', recheckAfterMs: 5000 } as const;
    const a = join(store, { K1: [ok] });
    const b = join(store, { K1: [ok] });
    await exchange();
    const failing = scriptKeys(
      { K1: [() => Promise.reject(new Error('x'))] },
      {
        store,
        adapter: { classifyError: () => limited },
      },
    );
    closeLater(failing);
    await exchange();
    await expect(failing.call({ operation: 'search' })).rejects.toThrow('The only key of Scripted failed');
    await exchange();
    for (const { key } of [a, b]) {
      expect(key('K1').buckets).toEqual([expect.objectContaining({ bucket: 'search', state: 'cooling' })]);
      expect(key('K1').state).toBe('healthy');
    }
  });

  it('ends in all processes: a recovery', async () => {
    const store = new UnreliableStore();
    const [a, b] = [join(store, { K1: [rateLimited(4000), ok], K2: [ok] }), join(store, { K1: [ok], K2: [ok] })];
    await exchange();
    await a.call();
    await pass(4000, store, a, b);
    // The first call requests the lease, and the next one probes the key.
    await a.call();
    await exchange();
    expect(await a.call()).toBe('K1');
    await exchange();
    expect(b.key('K1').state).toBe('healthy');
  });

  it('is forgotten in all processes after a reset, also by a process that knows nothing yet', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [invalidKey()], K2: [ok] });
    await exchange();
    a.manager.reset('K1');
    await a.call();
    await exchange();
    await pass(10, store, a);
    const b = join(store, { K1: [ok], K2: [ok] });
    b.manager.reset('K1');
    await exchange();
    expect(a.key('K1').state).toBe('healthy');
    expect(b.key('K1').state).toBe('healthy');
  });

  it('is forgotten in buckets, too, that the resetting process does not know', async () => {
    const store = new UnreliableStore();
    const limited = { kind: 'quota-exhausted', reason: 'x', bucket: 'search', recheckAfterMs: 50_000 } as const;
    const failing = scriptKeys(
      { K1: [() => Promise.reject(new Error('x'))] },
      { store, stepped: true, adapter: { classifyError: () => limited } },
    );
    failing.runtime.set(store.time);
    closeLater(failing);
    await exchange();
    await expect(failing.call({ operation: 'search' })).rejects.toThrow('The only key of Scripted failed');
    await pass(10, store, failing);
    const b = join(store, { K1: [ok] });
    b.manager.reset('K1');
    await exchange();
    const c = join(store, { K1: [ok] });
    await exchange();
    for (const { manager } of [failing, b, c]) {
      const states = manager.status().keys[0]?.buckets?.map(({ state }) => state) ?? [];
      expect(new Set(states)).not.toContain('cooling');
    }
  });

  it('stays with its key when the list is edited', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [rateLimited(4000)], K2: [ok], K3: [ok] });
    await exchange();
    await a.call();
    await exchange();
    const b = join(store, { K3: [ok], K2: [ok] });
    const c = join(store, { K2: [ok], K3: [ok], K1: [ok] });
    await exchange();
    expect(b.manager.status().keys.map(({ state }) => state)).toEqual(['healthy', 'healthy']);
    expect(c.manager.status().keys.map(({ state }) => state)).toEqual(['healthy', 'healthy', 'cooling']);
  });
});

describe('clocks', () => {
  it.each([90_000, -45_000, 0])('of processes may differ: by %i ms', async (aheadMs) => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [rateLimited(4000)], K2: [ok] }, aheadMs);
    const b = join(store, { K1: [ok], K2: [ok] });
    await exchange();
    const ends: number[] = [];
    a.manager.on('key.cooled-down', ({ untilMs }) => ends.push(untilMs));
    await a.call();
    await exchange();
    expect(ends).toEqual([a.runtime.now() + 4000]);
    for (const { key, runtime } of [a, b]) expect(key('K1').availableAtMs).toBe(runtime.now() + 4000);
  });

  it.each([90_000, -45_000])('may be wrong before the store is reached: by %i ms', async (aheadMs) => {
    const store = new UnreliableStore();
    store.failure = new Error('away');
    const a = join(store, { K1: [rateLimited(60_000)], K2: [ok] }, aheadMs);
    await exchange();
    await a.call();
    store.failure = undefined;
    await pass(1000, store, a);
    const b = join(store, { K1: [ok], K2: [ok] });
    await b.manager.ready();
    expect(b.key('K1').availableAtMs).toBe(b.runtime.now() + 59_000);
    expect(a.key('K1').availableAtMs).toBe(a.runtime.now() + 59_000);
  });

  it.each([90_000, -45_000])(
    'may be corrected while an attempt runs, which still counts: by %i ms',
    async (aheadMs) => {
      const store = new UnreliableStore();
      store.failure = new Error('away');
      const answer = Promise.withResolvers<void>();
      const limited = rateLimited();
      const a = join(
        store,
        { K1: [rateLimited(10), (...from) => answer.promise.then(() => limited(...from))] },
        aheadMs,
      );
      await exchange();
      await a.call({ maxRetries: 1 }).catch(() => {});
      await pass(10, store, a);
      const probe = a.call({ maxRetries: 1 }).catch(() => {});
      store.failure = undefined;
      await pass(1000, store, a);
      answer.resolve();
      await probe;
      expect(a.key('K1').state).toBe('cooling');
    },
  );
});

describe('no call waits for the store', () => {
  it('and none uses it during an attempt', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [rateLimited(1), rateLimited(4000)], K2: [ok] });
    await exchange();
    const used = store.uses.length;
    const during: number[] = [];
    await a.manager.retryWithFallback((key) => {
      during.push(store.uses.length - used);
      if (key === 'K1') throw Object.assign(new Error('limited'), { status: 401 });
      return key;
    });
    expect(during).toEqual([0, 0]);
    expect(store.uses.length).toBe(used);
    await exchange();
    expect(store.uses.length).toBeGreaterThan(used);
  });

  it('and a burst of failures is sent in one exchange', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [rateLimited(4000)], K2: [rateLimited(5000)], K3: [rateLimited(6000)], K4: [ok] });
    await exchange();
    const before = store.requests.length;
    await Promise.all(Array.from({ length: 50 }, () => a.call()));
    await exchange();
    const facts = store.requests.slice(before).filter((request) => request.facts.size > 0);
    expect(facts.length).toBeLessThanOrEqual(2);
    expect(facts.flatMap((request) => [...request.facts])).toHaveLength(3);
  });
});
