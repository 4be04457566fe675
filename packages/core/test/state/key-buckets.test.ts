import type { ErrorVerdict } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { closeLater, pass } from '../sync/virtual-processes.ts';
import { exchange, UnreliableStore } from '../sync/unreliable-store.ts';
import { ok, ScriptedError, scriptKeys, type ScriptedKeys } from '../scripted-keys.ts';

const hourMs = 3_600_000;

function keysWith(store?: UnreliableStore): ScriptedKeys {
  const keys = scriptKeys({ K1: [ok] }, { stepped: true, ...(store ? { store } : {}) });
  if (store) keys.runtime.set(store.time);
  return closeLater(keys);
}

/** Makes a call of this operation whose attempt fails with a verdict on its bucket. */
async function fail({ manager }: ScriptedKeys, operation: string, verdict: Partial<ErrorVerdict> = {}): Promise<void> {
  const onBucket = { kind: 'quota-exhausted', reason: 'scripted', bucket: operation, ...verdict } as ErrorVerdict;
  const attempt = () => Promise.reject(new ScriptedError(() => onBucket));
  await manager.retryWithFallback(attempt, { operation, maxRetries: 1 }).catch(() => {});
}

function succeed({ manager }: ScriptedKeys, operation: string): Promise<string> {
  return manager.retryWithFallback(async () => 'done', { operation, maxRetries: 1 });
}

function bucketsOf(keys: ScriptedKeys): string[] {
  return (keys.key('K1').buckets ?? []).map(({ bucket }) => bucket);
}

describe('the buckets of a key', () => {
  it.each([
    ['without a store', () => undefined],
    ['with a store', () => new UnreliableStore()],
  ])('are bounded while operations fail that all differ, %s', async (_, storeOf) => {
    const store = storeOf();
    const keys = keysWith(store);
    await keys.manager.ready();
    let most = 0;
    for (let i = 0; i < 5000; i++) {
      await fail(keys, `op-${i}`);
      if (i % 199 === 0) most = Math.max(most, bucketsOf(keys).length);
    }
    expect(most).toBeGreaterThan(750);
    expect(most).toBeLessThanOrEqual(1000);
    expect(bucketsOf(keys).at(-1)).toBe('op-4999');
    expect(bucketsOf(keys)).toContain('op-4500');
    await exchange();
    const all = await store?.sync({
      pool: 'scripted',
      instance: '',
      facts: new Map(),
      counters: [],
      withTotals: true,
      seen: undefined,
    });
    expect(all?.records.size ?? 1000).toBeLessThanOrEqual(1001);
  });

  it('stay when status() is read, also if there are as many as there may be', async () => {
    const keys = keysWith();
    for (let i = 0; i < 1000; i++) await fail(keys, `op-${i}`);
    expect(bucketsOf(keys)).toHaveLength(1000);
    expect(bucketsOf(keys)).toContain('op-0');
  });

  it('are kept while they are out and for an hour', async () => {
    const keys = keysWith();
    await fail(keys, 'a', { recheckAfterMs: hourMs });
    await keys.runtime.advance(2 * hourMs - 1);
    await fail(keys, 'b', { recheckAfterMs: hourMs });
    expect(keys.key('K1').buckets).toMatchObject([
      { bucket: 'a', state: 'recovering' },
      { bucket: 'b', state: 'cooling' },
    ]);
    await keys.runtime.advance(1);
    expect(bucketsOf(keys)).toEqual(['b']);
  });

  it('are forgotten an hour after they have recovered', async () => {
    const keys = keysWith();
    await fail(keys, 'a', { recheckAfterMs: 1000 });
    await keys.runtime.advance(1000);
    await succeed(keys, 'a');
    await keys.runtime.advance(hourMs - 1);
    expect(bucketsOf(keys)).toEqual(['a']);
    await keys.runtime.advance(1);
    expect(bucketsOf(keys)).toEqual([]);
  });

  it('are forgotten by the next failure, without a look at the status', async () => {
    const store = new UnreliableStore();
    const keys = keysWith(store);
    await keys.manager.ready();
    store.failure = new Error('away');
    await fail(keys, 'a', { recheckAfterMs: 1000 });
    await keys.runtime.advance(hourMs + 1000);
    await fail(keys, 'b', { recheckAfterMs: 1000 });
    store.failure = undefined;
    store.requests.length = 0;
    await keys.runtime.advance(10_000);
    await exchange();
    const sent = new Set(store.requests.flatMap(({ facts }) => [...facts.keys()]));
    expect([...sent].map((id) => id.split('/')[1])).toEqual(['b']);
  });

  it('are evicted when there are too many: those that are over first', async () => {
    const keys = keysWith();
    for (let i = 0; i < 200; i++) await fail(keys, `over-${i}`, { recheckAfterMs: 1 });
    await keys.runtime.advance(10);
    for (let i = 0; i < 800; i++) await fail(keys, `out-${i}`, { recheckAfterMs: hourMs + i });
    await fail(keys, 'one-more');
    expect(bucketsOf(keys)).toEqual([...Array.from({ length: 800 }, (_, i) => `out-${i}`), 'one-more']);
  });

  it('stay while they are out, unless 1,000 are; then the 100 that end soonest go', async () => {
    const keys = keysWith();
    await fail(keys, 'recovered', { recheckAfterMs: 1 });
    await fail(keys, 'over', { recheckAfterMs: 2 });
    await keys.runtime.advance(10);
    await succeed(keys, 'recovered');
    await fail(keys, 'long', { recheckAfterMs: 3 * hourMs });
    const names = Array.from({ length: 998 }, (_, i) => `op-${i}`);
    for (const [i, name] of names.entries()) await fail(keys, name, { recheckAfterMs: hourMs + i });
    await fail(keys, 'short', { recheckAfterMs: 60_000 });
    expect(bucketsOf(keys)).toEqual(['long', ...names, 'short']);
    await fail(keys, 'last', { recheckAfterMs: 30_000 });
    expect(bucketsOf(keys)).toEqual(['long', ...names.slice(99), 'last']);
  });

  it('that a call probes stay', async () => {
    const keys = keysWith();
    await fail(keys, 'probed', { recheckAfterMs: 1 });
    await keys.runtime.advance(10);
    const { promise, resolve } = Promise.withResolvers<string>();
    const call = keys.manager.retryWithFallback(() => promise, { operation: 'probed' });
    const events = recordEvents(keys.manager, ['key.recovered']);
    for (let i = 0; i < 3000; i++) await fail(keys, `op-${i}`);
    expect(bucketsOf(keys)).toContain('probed');
    resolve('done');
    await call;
    expect(events).toMatchObject([['key.recovered', { bucket: 'probed' }]]);
  });

  it('that were forgotten follow an earlier reset of the key', async () => {
    const keys = keysWith();
    await fail(keys, 'a', { recheckAfterMs: 1000 });
    keys.manager.reset();
    await keys.runtime.advance(2 * hourMs);
    expect(bucketsOf(keys)).toEqual([]);
    await fail(keys, 'a', { recheckAfterMs: 1000 });
    expect(keys.key('K1').buckets).toMatchObject([{ bucket: 'a', state: 'cooling' }]);
  });
});

describe('the buckets of a key that a store shares', () => {
  it('reach other processes again after they were forgotten', async () => {
    const store = new UnreliableStore();
    const [a, b] = [keysWith(store), keysWith(store)];
    await exchange();
    await fail(a, 'op', { recheckAfterMs: 1000 });
    await pass(1000, store, a, b);
    await succeed(a, 'op');
    await exchange();
    expect(bucketsOf(b)).toEqual(['op']);
    store.failure = new Error('away');
    for (const { runtime } of [a, b]) await runtime.advance(2 * hourMs);
    store.time += 2 * hourMs;
    store.failure = undefined;
    await pass(2000, store, a, b);
    expect([bucketsOf(a), bucketsOf(b)]).toEqual([[], []]);
    await fail(a, 'op', { recheckAfterMs: 5000 });
    await exchange();
    for (const keys of [a, b]) expect(keys.key('K1').buckets).toMatchObject([{ bucket: 'op', state: 'cooling' }]);
  });

  it('are not created from old records, but a new failure still reaches the others', async () => {
    const store = new UnreliableStore();
    store.time = 3 * hourMs;
    const first = keysWith(store);
    await exchange();
    const { keyId } = first.key('K1');
    const record = { generation: 0, epoch: 3, untilMs: 0, level: 0, reason: '', disabled: '' } as const;
    const ids = Array.from({ length: 100 }, (_, i) => `${keyId}/op-${i}`);
    const facts = new Map(ids.map((id) => [id, record]));
    await store.sync({ pool: 'scripted', instance: '', facts, counters: [], withTotals: true, seen: undefined });
    const late = keysWith(store);
    await exchange();
    expect([bucketsOf(first), bucketsOf(late)]).toEqual([[], []]);
    await fail(late, 'op-1', { recheckAfterMs: 1000 });
    await exchange();
    expect(first.key('K1').buckets).toMatchObject([{ bucket: 'op-1', state: 'cooling' }]);
  });

  it('do not pile up while the store is away', async () => {
    const store = new UnreliableStore();
    const keys = keysWith(store);
    await keys.manager.ready();
    store.failure = new Error('away');
    for (let i = 0; i < 3000; i++) await fail(keys, `op-${i}`);
    await exchange();
    store.failure = undefined;
    store.requests.length = 0;
    await keys.runtime.advance(1000);
    await exchange();
    const sent = new Set(store.requests.flatMap(({ facts }) => [...facts.keys()])).size;
    expect(sent).toBeGreaterThan(700);
    expect(sent).toBeLessThanOrEqual(1001);
  });

  it('release the lease of their probe when they are forgotten', async () => {
    const store = new UnreliableStore();
    const keys = closeLater(scriptKeys({ K1: [ok], K2: [ok] }, { stepped: true, store }));
    keys.runtime.set(store.time);
    await exchange();
    await fail(keys, 'op', { recheckAfterMs: 1000 });
    await pass(1000, store, keys);
    await succeed(keys, 'op');
    await exchange();
    const name = `${keys.key('K1').keyId}/op`;
    await expect(store.lease('scripted', name, 1000)).resolves.toBeNull();
    for (let i = 0; i < 1000; i++) await fail(keys, `op-${i}`);
    await exchange();
    await expect(store.lease('scripted', name, 1000)).resolves.not.toBeNull();
  });
});
