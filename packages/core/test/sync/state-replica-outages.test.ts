import { describe, expect, it } from 'vitest';
import { recordEvents } from '../events/record-events.ts';
import { join, pass } from './virtual-processes.ts';
import { invalidKey, ok, rateLimited } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from './unreliable-store.ts';

describe('a store that is away', () => {
  const away = Object.assign(new Error('connect ECONNREFUSED K1-secret'), { code: 'ECONNREFUSED' });

  it('emits one event, fails no call, and receives everything when it is back', async () => {
    const store = new UnreliableStore();
    store.failure = away;
    const a = join(store, { K1: [rateLimited(40_000)], K2: [ok] });
    const events = recordEvents(a.manager, ['store.failed', 'store.recovered']);
    await exchange();
    for (let call = 0; call < 20; call++) {
      expect(await a.call()).toBe('K2');
      await pass(500, store, a);
    }
    expect(events).toEqual([['store.failed', expect.objectContaining({ store: 'unreliable' })]]);
    store.failure = undefined;
    await pass(10_000, store, a);
    expect(events.map(([name]) => name)).toEqual(['store.failed', 'store.recovered']);
    const b = join(store, { K1: [ok], K2: [ok] });
    await b.manager.ready();
    expect(b.key('K1').state).toBe('cooling');
    expect(b.key('K2').sharedUsage.successes).toBe(20);
  });

  it('is tried again after pauses that grow to 10 s, and not for each call', async () => {
    const store = new UnreliableStore();
    store.failure = away;
    const a = join(store, { K1: [ok] });
    await exchange();
    const before = store.requests.length;
    for (let call = 0; call < 100; call++) {
      await a.call();
      a.manager.markKeyFailed('K1', 'rate-limited');
      a.manager.reset();
      await exchange();
    }
    expect(store.requests.length).toBe(before);
    const after: number[] = [];
    for (let second = 1; second <= 60; second++) {
      const { length } = store.requests;
      await a.call();
      await pass(1000, store, a);
      if (store.requests.length > length) after.push(second);
    }
    expect(after).toEqual([1, 3, 7, 15, 25, 35, 45, 55]);
  });

  it('counts as away when it does not answer in time, and is tried again', async () => {
    const store = new UnreliableStore();
    store.isHanging = true;
    const a = join(store, { K1: [rateLimited(40_000)], K2: [ok] });
    const events = recordEvents(a.manager, ['store.failed', 'store.recovered']);
    await exchange();
    expect(await a.call()).toBe('K2');
    await pass(5000, store, a);
    expect(events.map(([name]) => name)).toEqual(['store.failed']);
    store.isHanging = false;
    await pass(1000, store, a);
    expect(events.map(([name]) => name)).toEqual(['store.failed', 'store.recovered']);
  });

  it('still lets ready() resolve and a key be probed when it takes a second for everything', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [rateLimited(2000), ok], K2: [ok] });
    store.slowness = { ms: 1000, runtime: a.runtime };
    let isReady = false;
    void a.manager.ready().then(() => (isReady = true));
    const used: unknown[] = [];
    for (let call = 0; call < 40; call++) {
      used.push(await a.call());
      await pass(250, store, a);
    }
    expect(isReady).toBe(true);
    expect(used.slice(0, 8)).not.toContain('K1');
    expect(used.slice(-4)).toEqual(['K1', 'K1', 'K1', 'K1']);
    store.slowness = undefined;
    await pass(3000, store, a);
  });

  it('receives everything again when it has lost its data, and counts it once', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [rateLimited(400_000)], K2: [ok] });
    const b = join(store, { K1: [ok], K2: [ok] });
    await exchange();
    await a.call();
    await exchange();
    await b.call();
    await pass(1000, store, a, b);
    store.forget();
    await pass(30_000, store, a, b);
    await pass(30_000, store, a, b);
    const c = join(store, { K1: [ok], K2: [ok] });
    await c.manager.ready();
    expect(c.key('K1').state).toBe('cooling');
    for (const { key } of [a, b, c]) expect(key('K2').sharedUsage).toMatchObject({ attempts: 2, successes: 2 });
  });

  it('is read again when messages of its feed are lost', async () => {
    const store = new UnreliableStore();
    const [a, b] = [
      join(store, { K1: [rateLimited(400_000)], K2: [ok] }),
      join(store, { K1: [ok], K2: [invalidKey()], K3: [ok] }),
    ];
    await exchange();
    store.isMute = true;
    await a.call();
    await exchange();
    expect(b.key('K1').state).toBe('healthy');
    store.isMute = false;
    a.manager.disable('K2');
    await pass(1000, store, b);
    expect(b.manager.status().keys.map(({ state }) => state)).toEqual(['cooling', 'disabled', 'healthy']);
  });

  it('receives smaller requests after one that it could not answer in time, and in the end everything', async () => {
    const store = new UnreliableStore();
    const names = Array.from({ length: 2000 }, (_, index) => `K${index + 1}`);
    const a = join(store, Object.fromEntries(names.map((name) => [name, [ok]])));
    await exchange();
    store.largest = 300;
    for (const name of names) a.manager.disable(name);
    await exchange();
    store.requests.length = 0;
    await pass(60_000, store, a);
    const sizes = store.requests.map(({ facts }) => facts.size).filter((size) => size > 0);
    expect(sizes.slice(0, 3)).toEqual([1000, 500, 250]);
    expect(Math.max(...sizes.slice(2))).toBeLessThanOrEqual(500);
    const b = join(store, Object.fromEntries(names.map((name) => [name, [ok]])));
    await b.manager.ready();
    expect(b.manager.status().keys.every(({ state }) => state === 'disabled')).toBe(true);
  });

  it('lets ready() resolve after the first answer, although more is sent then', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [ok] });
    store.slowness = { ms: 4000, runtime: a.runtime };
    let isReady = false;
    void a.manager.ready().then(() => (isReady = true));
    a.manager.disable('K1');
    await pass(4500, store, a);
    expect(isReady).toBe(true);
    store.slowness = undefined;
    await pass(10_000, store, a);
  });
});
