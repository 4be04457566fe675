import type { SyncRequest } from '@api-key-fallback/core/store';
import { describe, expect, it } from 'vitest';
import { invalidKey, ok, quotaExhausted, rateLimited, type Outcome, type ScriptedKeys } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from './unreliable-store.ts';
import { join, pass } from './virtual-processes.ts';

const question: SyncRequest = {
  pool: 'scripted',
  instance: 'reader',
  facts: new Map(),
  counters: [],
  withTotals: false,
  seen: undefined,
};

/** The number of changes that a store has published. */
async function changes(store: UnreliableStore): Promise<number> {
  return (await store.sync(question)).cursor.version;
}

/** The number of records that processes have sent since. */
function factsSent({ requests }: UnreliableStore, since = 0): number {
  return requests.slice(since).reduce((sum, { facts }) => sum + facts.size, 0);
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

  it('ends in events and in the status at the same exact time', async () => {
    const store = new UnreliableStore();
    store.time += 100;
    const a = join(store, { K1: [invalidKey()], K2: [ok] });
    const ends: unknown[] = [];
    a.manager.on('key.disabled', ({ untilMs }) => ends.push(untilMs));
    await exchange();
    await a.call();
    expect(ends).toEqual([a.runtime.now() + 300_000]);
    expect(a.key('K1').availableAtMs).toBe(ends[0]);
  });

  it('is not ended by the success of an attempt that started before it was met', async () => {
    const store = new UnreliableStore();
    const limits = Promise.withResolvers<void>();
    const succeeds: Outcome = async (key, runtime) => {
      await limits.promise;
      return ok(key, runtime);
    };
    const a = join(store, { K1: [rateLimited(300), succeeds, rateLimited(300)] });
    await exchange();
    await a.call({ maxRetries: 1 }).catch(() => {});
    await pass(300, store, a);
    const early = a.call({ maxRetries: 1 });
    await exchange();
    a.manager.markKeyFailed('K1', 'rate-limited');
    const { availableAtMs } = a.key('K1');
    limits.resolve();
    await early;
    expect(a.key('K1')).toMatchObject({ state: 'cooling', availableAtMs });
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

describe('what the store has is not sent again', () => {
  const limited = [rateLimited(40_000)] as const;
  const script = { K1: limited, K2: limited, K3: limited, K4: [ok] } as const;

  it('when an answer is older than what the feed has brought', async () => {
    const store = new UnreliableStore();
    const [a, b] = [join(store, script), join(store, script)];
    await exchange();
    await a.call();
    await pass(1000, store, a, b);
    const gate = Promise.withResolvers<void>();
    store.answerGate = gate.promise;
    const before = store.requests.length;
    a.manager.disable('K1');
    await exchange();
    b.manager.disable('K2');
    await exchange();
    gate.resolve();
    store.answerGate = undefined;
    await pass(2000, store, a, b);
    expect(factsSent(store, before)).toBe(2);
    expect(store.requests.slice(before).flatMap(({ counters }) => counters)).toEqual([]);
    for (const { key } of [a, b]) expect([key('K1').state, key('K2').state]).toEqual(['disabled', 'disabled']);
  });

  it('when a process starts', async () => {
    const store = new UnreliableStore();
    const a = join(store, script);
    await exchange();
    await a.call();
    await exchange();
    const before = store.requests.length;
    const others = processesOf(store, 5, ok);
    await exchange();
    for (const { key } of others) expect(key('K1').state).toBe('cooling');
    expect(factsSent(store, before)).toBe(0);
  });

  it('when a process starts, except for what only this process knows', async () => {
    const store = new UnreliableStore();
    const a = join(store, script);
    await exchange();
    await a.call();
    await exchange();
    const before = store.requests.length;
    const b = join(store, script);
    b.manager.disable('K4');
    await exchange();
    expect(factsSent(store, before)).toBe(1);
    expect(a.key('K4').state).toBe('disabled');
  });

  it('when the store was away and has kept its data', async () => {
    const store = new UnreliableStore();
    const a = join(store, script);
    await exchange();
    await a.call();
    await pass(1000, store, a);
    store.failure = new Error('away');
    await pass(30_000, store, a);
    a.manager.disable('K4');
    store.failure = undefined;
    const before = store.requests.length;
    await pass(10_000, store, a);
    expect(store.requests.slice(before).flatMap(({ facts }) => [...facts.keys()])).toEqual([a.key('K4').keyId]);
  });
});

describe('a store that has lost its data', () => {
  const script = { K1: [rateLimited(400_000)], K2: [rateLimited(400_000)], K3: [ok] } as const;

  async function twentyProcesses(store: UnreliableStore): Promise<ScriptedKeys[]> {
    const all = Array.from({ length: 20 }, () => join(store, script));
    await exchange();
    await all[0]?.call();
    await pass(1000, store, ...all);
    store.forget();
    store.requests.length = 0;
    return all;
  }

  it('is restored by the first process that finds it empty', async () => {
    const store = new UnreliableStore();
    const all = await twentyProcesses(store);
    await pass(31_000, store, ...all);
    expect(factsSent(store)).toBe(2);
    expect((await store.sync(question)).records.size).toBe(2);
  });

  it('is restored when it does not mark that answer, or when the first process ends at once', async () => {
    const store = new UnreliableStore();
    store.marksFirst = false;
    const all = await twentyProcesses(store);
    await pass(32_000, store, ...all);
    expect((await store.sync(question)).records.size).toBe(2);
  });

  it('receives at once what changes at that moment', async () => {
    const store = new UnreliableStore();
    const [a, b] = [join(store, script), join(store, script)];
    await exchange();
    store.forget();
    a.manager.disable('K3');
    await exchange();
    b.manager.disable('K2');
    await exchange();
    expect((await store.sync(question)).records.size).toBe(2);
    await pass(1000, store, a, b);
  });

  it('receives what it has lost, although a late message says that it has it', async () => {
    const store = new UnreliableStore();
    store.marksFirst = false;
    const a = join(store, script);
    await exchange();
    a.manager.disable('K3');
    await exchange();
    const { cursor, records } = await store.sync(question);
    store.forget();
    await pass(29_900, store, a);
    for (let step = 0; step < 10; step++) {
      await pass(100, store, a);
      store.tell({ cursor, instance: 'x', records });
    }
    await pass(2000, store, a);
    expect((await store.sync(question)).records.size).toBe(1);
  });

  it('receives from every process what only that process knows', async () => {
    const store = new UnreliableStore();
    const [a, b] = await twentyProcesses(store);
    store.isMute = true;
    await b?.call();
    b?.manager.disable('K3');
    await exchange();
    store.isMute = false;
    await pass(32_000, store, ...(a && b ? [a, b] : []));
    expect((await store.sync(question)).records.size).toBe(3);
  });
});
