import { afterEach, describe, expect, it } from 'vitest';
import { keyChanges, recordEvents } from '../events/record-events.ts';
import { invalidKey, ok, quotaExhausted, rateLimited, transient, type Outcome } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from '../sync/unreliable-store.ts';
import { OpenPools, stateOf } from './open-pools.ts';

const once = { maxRetries: 1 };
const pools = new OpenPools();

afterEach(() => pools.close());

describe('a key in two pools', () => {
  it('cools down in both, with an event in each', async () => {
    const { a, b } = pools.makeTwo([rateLimited(60_000)]);
    const events = recordEvents(b.manager, keyChanges);
    await a.call(once);
    expect(stateOf(a, 'key 1')).toEqual({ state: 'cooling', availableAtMs: 60_000 });
    expect(stateOf(b, 'key 2')).toEqual({ state: 'cooling', availableAtMs: 60_000 });
    expect(events).toMatchObject([['key.cooled-down', { pool: 'b', key: { ordinal: 2, total: 2 }, untilMs: 60_000 }]]);
    expect(events[0]?.[1]).not.toHaveProperty('isFromStore');
  });

  it('recovers in both', async () => {
    const { a, b } = pools.makeTwo([rateLimited(1000)]);
    await a.call(once);
    b.manager.disable('K3');
    b.runtime.set(2000);
    a.runtime.set(2000);
    const events = recordEvents(a.manager, keyChanges);
    await expect(b.call(once)).resolves.toBe('K1');
    expect(stateOf(a, 'key 1')).toEqual({ state: 'healthy' });
    expect(events).toMatchObject([['key.recovered', { pool: 'a', key: { ordinal: 1 } }]]);
  });

  it('is switched off and reset in both', () => {
    const { a, b } = pools.makeTwo([ok]);
    b.manager.disable('K1');
    expect(stateOf(a, 'key 1')).toEqual({ state: 'disabled' });
    a.manager.reset('K1');
    expect(stateOf(b, 'key 2')).toEqual({ state: 'healthy' });
  });

  it('has its buckets in both', async () => {
    const { a, b } = pools.makeTwo([() => Promise.reject(new Error('quota'))]);
    const classifyError = () => ({ kind: 'quota-exhausted', reason: 'quota', bucket: 'search' }) as const;
    await a.call({ ...once, operation: 'search', classifyError });
    const [, twin] = b.manager.status().keys;
    expect(twin?.buckets).toMatchObject(
      [{ bucket: 'search', state: 'cooling' }, { bucket: 'unspecified' }].slice(0, 1),
    );
  });

  it('counts its failures in a row over both', async () => {
    const { a } = pools.makeTwo([transient, transient]);
    const c = pools.make('c', { K1: [transient], K4: [ok] }, { runtime: a.runtime });
    for (let call = 0; call < 2; call++) await a.call({ maxRetries: 3, retryOn: 'next-key' });
    expect(stateOf(a, 'key 1')).toEqual({ state: 'healthy' });
    await c.call({ maxRetries: 3, retryOn: 'next-key' });
    expect([stateOf(a, 'key 1')?.state, stateOf(c, 'key 1')?.state]).toEqual(['suspect', 'suspect']);
  });

  it('is probed by one call at a time', async () => {
    const gate = Promise.withResolvers<string>();
    const a = pools.make('a', { K1: [rateLimited(1000), () => gate.promise], K2: [ok] }, { stepped: true });
    const b = pools.make('b', { K3: [ok], K1: [ok] }, { runtime: a.runtime });
    await a.call(once);
    await a.runtime.advance(2000);
    const probe = a.call(once);
    await expect(b.call(once)).resolves.toBe('K3');
    b.manager.disable('K3');
    const waiting = b.call({ ...once, onExhausted: 'wait' });
    await a.runtime.advance(5000);
    expect(b.calls).toEqual(['K3']);
    gate.resolve('K1');
    await expect(Promise.all([probe, waiting])).resolves.toEqual(['K1', 'K1']);
  });

  it('has one set of limits', async () => {
    const adapter = {
      readLimits: () => [{ name: 'requests', limit: 100, remaining: 7, resetsAtMs: 60_000 }],
      groupOf: () => 'org-1',
    };
    const a = pools.make('a', { K1: [ok] }, { adapter });
    const b = pools.make('b', { K2: [ok], K1: [ok] }, { adapter, runtime: a.runtime });
    await a.manager.retryWithFallback((_key, attempt) => attempt.observe(new Response()));
    expect(b.manager.status().keys[1]).toMatchObject({
      group: 'org-1',
      limits: [{ name: 'requests', limit: 100, used: 93, resetsAtMs: 60_000 }],
    });
    expect(b.manager.status().keys[0]).not.toHaveProperty('limits');
  });

  it('shares the limit that was learned from refusals', async () => {
    const served = Array.from({ length: 20 }, () => ok);
    const { a } = pools.makeTwo([ok, ...served.slice(1), rateLimited(), ok]);
    const c = pools.make('c', { K1: [ok], K4: [ok] }, { runtime: a.runtime });
    for (let call = 0; call < 21; call++) await a.call(once);
    a.runtime.set(30_000);
    for (let call = 0; call < 4; call++) await c.call(once);
    // One of them is the probe of the key that has rested.
    expect(c.calls.filter((key) => key === 'K1')).toHaveLength(1);
    a.runtime.set(62_000);
    await expect(c.call(once)).resolves.toBe('K1');
  });

  it('keeps its own place, usage and label in each', async () => {
    const { a, b } = pools.makeTwo([ok]);
    await a.call(once);
    expect(a.manager.status().keys[0]).toMatchObject({ ordinal: 1, label: 'key 1', usage: { attempts: 1 } });
    expect(b.manager.status().keys[1]).toMatchObject({ ordinal: 2, label: 'key 2', usage: { attempts: 0 } });
    expect(a.manager.status().keys[0]?.keyId).toBe(b.manager.status().keys[1]?.keyId);
  });

  it('makes one transition of failures that were on their way in both', async () => {
    const gate = Promise.withResolvers<void>();
    const refused: Outcome = async (key, runtime) => {
      await gate.promise;
      return rateLimited(60_000)(key, runtime);
    };
    const a = pools.make('a', { K1: [refused], K2: [ok] });
    const b = pools.make('b', { K1: [refused], K3: [ok] }, { runtime: a.runtime });
    const events = [a, b].map(({ manager }) => recordEvents(manager, keyChanges));
    const calls = [a, b, a, b].map((keys) => keys.call(once));
    gate.resolve();
    await Promise.all(calls);
    expect(events.map((ofPool) => ofPool.map(([name]) => name))).toEqual([['key.cooled-down'], ['key.cooled-down']]);
  });

  it('starts with what is known of it, in a new pool or where it is added', async () => {
    const { a, b } = pools.makeTwo([invalidKey()]);
    await a.call(once);
    const c = pools.make('c', { K1: [ok] }, { runtime: a.runtime });
    const d = pools.make('d', { K4: [ok] }, { runtime: a.runtime });
    const events = recordEvents(d.manager, keyChanges);
    d.manager.addKeys([{ key: 'K1', label: 'added' }]);
    expect([stateOf(b, 'key 2'), stateOf(c, 'key 1'), stateOf(d, 'added')]).toMatchObject([
      { state: 'disabled' },
      { state: 'disabled' },
      { state: 'disabled' },
    ]);
    expect(events).toEqual([]);
    a.manager.reset('K1');
    expect([stateOf(c, 'key 1')?.state, stateOf(d, 'added')?.state]).toEqual(['healthy', 'healthy']);
  });

  it('is on its own again when the other pool is closed', async () => {
    const { a, b } = pools.makeTwo([ok]);
    a.manager.disable('K1');
    await a.manager.close();
    expect(stateOf(b, 'key 2')).toEqual({ state: 'disabled' });
    b.manager.reset('K1');
    expect(stateOf(a, 'key 1')).toEqual({ state: 'disabled' });
  });

  it('is in the store with the records of each pool', async () => {
    const store = new UnreliableStore();
    const { a, b } = pools.makeTwo([quotaExhausted()], { store });
    await exchange();
    await a.call(once);
    await exchange();
    const facts = store.requests.filter((request) => request.facts.size > 0).map(({ pool }) => pool);
    expect(new Set(facts)).toEqual(new Set(['scripted/a', 'scripted/b']));
    await Promise.all([a.manager.close(), b.manager.close()]);
    const again = pools.make('b', { K1: [ok] }, { store, runtime: a.runtime });
    await exchange();
    expect(stateOf(again, 'key 1')?.state).toBe('cooling');
  });

  it('has the same end in pools whose stores have other clocks', async () => {
    const [early, late] = [new UnreliableStore(), new UnreliableStore()];
    late.time = early.time + 5000;
    const a = pools.make('a', { K1: [rateLimited(60_000)], K2: [ok] }, { store: early });
    const b = pools.make('b', { K1: [ok] }, { store: late, runtime: a.runtime });
    await exchange();
    await a.call(once);
    expect(stateOf(a, 'key 1')).toEqual({ state: 'cooling', availableAtMs: 60_000 });
    expect(stateOf(b, 'key 1')).toEqual({ state: 'cooling', availableAtMs: 60_000 });
  });

  it('hears what another process tells one of them', async () => {
    const store = new UnreliableStore();
    const { a, b } = pools.makeTwo([ok], { store });
    const elsewhere = pools.make('a', { K1: [ok] }, { store });
    await exchange();
    const events = recordEvents(b.manager, keyChanges);
    elsewhere.manager.disable('K1');
    await exchange();
    expect([stateOf(a, 'key 1')?.state, stateOf(b, 'key 2')?.state]).toEqual(['disabled', 'disabled']);
    expect(events).toMatchObject([['key.disabled', { isFromStore: true, reason: 'operator' }]]);
  });
});

describe('the same key', () => {
  it.each<[string, { pool?: string; adapter?: { name: string } }, boolean]>([
    ['of two managers of one pool', { pool: 'a' }, true],
    ['of two managers without a pool', {}, true],
    ['of a pool with a clock of its own', { pool: 'b' }, false],
    ['of another provider', { pool: 'b', adapter: { name: 'other' } }, true],
  ])('%s has a health of its own', (_what, options, hasSameClock) => {
    const a = pools.make(options.pool === 'b' ? 'a' : (options.pool ?? 'default'), { K1: [ok] });
    const { pool = 'default', ...others } = options;
    const b = pools.make(pool, { K1: [ok] }, { ...others, ...(hasSameClock ? { runtime: a.runtime } : {}) });
    a.manager.disable('K1');
    expect(stateOf(b, 'key 1')).toEqual({ state: 'healthy' });
  });
});
