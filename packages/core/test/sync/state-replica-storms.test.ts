import { describe, expect, it } from 'vitest';
import { ok, quotaExhausted, rateLimited, type Outcome, type ScriptedKeys } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from './unreliable-store.ts';
import { join, pass } from './virtual-processes.ts';

/** The number of changes that a store has published. */
async function changes(store: UnreliableStore): Promise<number> {
  const { cursor } = await store.sync({
    pool: 'scripted',
    instance: 'reader',
    facts: new Map(),
    counters: [],
    withTotals: false,
    seen: undefined,
  });
  return cursor.version;
}

function processesOf(store: UnreliableStore, count: number, outcome: Outcome): ScriptedKeys[] {
  return Array.from({ length: count }, () => join(store, { K1: [outcome], K2: [ok] }));
}

describe('a limit that many processes meet in the same second', () => {
  it.each<[string, Outcome]>([
    ['a stated wait', rateLimited(20_000)],
    ['a quota that ends at a date', quotaExhausted(1_040_000)],
    ['a quota without an end', quotaExhausted()],
  ])('is reported once: %s', async (_what, outcome) => {
    const store = new UnreliableStore();
    store.time += 100;
    const all = processesOf(store, 20, outcome);
    await exchange();
    store.isMute = true;
    for (const one of all) {
      await one.call({ maxRetries: 1 });
      await pass(37, store, ...all);
    }
    expect(await changes(store)).toBe(1);
  });

  it('is reported once, although the processes know the time to some milliseconds only', async () => {
    const store = new UnreliableStore();
    const all = Array.from({ length: 10 }, (_, index) =>
      join(store, { K1: [quotaExhausted(1_040_000 + 5 * index)], K2: [ok] }),
    );
    await exchange();
    store.isMute = true;
    for (const one of all) await one.call({ maxRetries: 1 });
    await exchange();
    expect(await changes(store)).toBe(1);
  });

  it('ends at the stated time for the process that met it, and within a second after it for the others', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [rateLimited(4300)], K2: [ok] });
    const b = join(store, { K1: [ok], K2: [ok] });
    await exchange();
    await a.call();
    await exchange();
    expect(a.key('K1').availableAtMs).toBe(a.runtime.now() + 4300);
    expect(b.key('K1').availableAtMs).toBe(b.runtime.now() + 5000);
    await pass(4300, store, a, b);
    expect(a.key('K1').state).toBe('recovering');
    expect(b.key('K1').state).toBe('cooling');
  });

  it('ends at the last stated time of the same second', async () => {
    const store = new UnreliableStore();
    const a = join(store, { K1: [rateLimited(4300), rateLimited(4700)], K2: [ok] });
    await exchange();
    await Promise.all([a.call(), a.call()]);
    await exchange();
    expect(a.key('K1').availableAtMs).toBe(a.runtime.now() + 4700);
  });

  it('is the same limit after the clock of a process was corrected', async () => {
    const store = new UnreliableStore();
    store.failure = new Error('away');
    const a = join(store, { K1: [rateLimited(60_300)], K2: [ok] }, 1234);
    await exchange();
    await a.call();
    store.failure = undefined;
    await pass(1000, store, a);
    const b = join(store, { K1: [ok], K2: [ok] });
    await b.manager.ready();
    expect(a.key('K1').availableAtMs).toBe(a.runtime.now() + 59_300);
    expect(b.key('K1').availableAtMs).toBe(b.runtime.now() + 60_000);
  });
});
