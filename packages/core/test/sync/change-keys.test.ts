import { describe, expect, it } from 'vitest';
import { invalidKey, ok, quotaExhausted, rateLimited, takes } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from './unreliable-store.ts';
import { join, pass } from './virtual-processes.ts';

const once = { maxRetries: 1 };

describe('keys that change, with a store', () => {
  it('a new key is known by what other processes have found out', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [ok], K2: [rateLimited(60_000)] });
    const b = join(store, { K1: [ok] });
    await exchange();
    a.manager.disable('K1');
    await a.call(once).catch(() => {});
    await exchange();
    b.manager.addKeys(['K2']);
    await pass(10, store, a, b);
    await exchange();
    expect(b.manager.status().keys.map(({ state }) => state)).toEqual(['disabled', 'cooling']);
  });

  it('what the running attempt of a removed key finds out reaches the store', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [takes(50, invalidKey())], K2: [ok] });
    const b = join(store, { K1: [ok], K2: [ok] });
    await exchange();
    const running = a.call(once);
    await pass(10, store, a, b);
    a.manager.removeKeys(['K1']);
    await pass(100, store, a, b);
    await running;
    await exchange();
    expect(b.key('K1').state).toBe('disabled');
  });

  it('the usage of a removed key reaches the store, and is there when it comes back', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [ok], K2: [ok] });
    const b = join(store, { K1: [ok], K2: [ok] });
    await exchange();
    await a.call(once);
    a.manager.removeKeys(['K1']);
    await pass(15_000, store, a, b);
    b.manager.status();
    await pass(15_000, store, a, b);
    expect(b.key('K1').sharedUsage.attempts).toBe(1);
    a.manager.addKeys(['K1']);
    expect(a.manager.status().keys[1]?.sharedUsage.attempts).toBe(1);
  });

  it('a key that comes back has what happened meanwhile', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [ok], K2: [ok] });
    const b = join(store, { K1: [ok], K2: [ok] });
    await exchange();
    a.manager.removeKeys(['K1']);
    b.manager.disable('K1');
    await exchange();
    a.manager.addKeys(['K1'], { at: 'start' });
    expect(a.manager.status().keys[0]?.state).toBe('disabled');
  });

  it('a store that has lost its data receives everything again, also if keys are added at that moment', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [ok], K2: [ok] });
    await exchange();
    await a.call(once);
    await pass(15_000, store, a);
    store.forget();
    a.manager.addKeys(['K3']);
    await pass(30_000, store, a);
    const b = join(store, { K1: [ok] });
    await b.manager.ready();
    b.manager.status();
    await pass(15_000, store, a, b);
    expect(b.key('K1').sharedUsage.attempts).toBe(1);
  });

  it('what a new key inherits reaches other processes', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [quotaExhausted(3_600_000)], K2: [ok] });
    const b = join(store, { K3: [ok], K2: [ok] });
    await exchange();
    a.manager.setKeys([{ key: 'K1', slot: 'one' }, 'K2']);
    await a.call(once);
    a.manager.setKeys([{ key: 'K3', slot: 'one' }, 'K2']);
    await exchange();
    expect(b.key('K3')).toMatchObject({ state: 'cooling', reason: 'quota-exhausted' });
  });
});
