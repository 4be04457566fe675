import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InvalidOptionsError, MemoryStore } from '../../src/index.ts';
import { freshRecord, type KeyRecord, type SyncRequest, type WindowCounters } from '../../src/store.ts';

const start = Date.UTC(2026, 6, 1);
const disabled: KeyRecord = { ...freshRecord, disabled: 'operator' };

function request(parts: Partial<SyncRequest> = {}): SyncRequest {
  return {
    pool: 'openai',
    instance: 'one',
    facts: new Map(),
    counters: [],
    withTotals: true,
    seen: undefined,
    ...parts,
  };
}

function total(count: number, expiresAtMs: number): WindowCounters {
  return { window: 'total', expiresAtMs, totals: new Map([['a', [count]]]) };
}

describe('MemoryStore', () => {
  it.each<[unknown, string]>([
    [{ nwo: Date.now }, 'Unknown option "nwo". Did you mean "now"? Known: now.'],
    [{ now: 5 }, '"now" must be a function; it is 5.'],
    [null, '"options" must be an object; it is null.'],
    ['memory', '"options" must be an object; it is of type string.'],
  ])('refuses the options %j', (options, message) => {
    expect(() => new MemoryStore(options as never)).toThrow(InvalidOptionsError);
    expect(() => new MemoryStore(options as never)).toThrow(message);
  });

  beforeEach(() => void vi.useFakeTimers({ now: start }));
  afterEach(() => void vi.useRealTimers());

  it('uses the clock of the system, or the given one', async () => {
    expect((await new MemoryStore().sync(request())).now).toBe(start);
    expect((await new MemoryStore({ now: () => 7 }).sync(request())).now).toBe(7);
  });

  it('expires leases by its clock', async () => {
    const store = new MemoryStore();
    await store.lease('openai', 'a', 1000);
    vi.setSystemTime(start + 999);
    expect(await store.lease('openai', 'a', 1000)).toBeNull();
    vi.setSystemTime(start + 1000);
    expect(await store.lease('openai', 'a', 1000)).not.toBeNull();
  });

  it('keeps a note for a day after the last renewal', async () => {
    const store = new MemoryStore();
    const day = 86_400_000;
    const lease = await store.lease('openai', 'alerts', 2 * day);
    await lease?.renew?.(2 * day, 'sent');
    vi.setSystemTime(start + day - 1);
    expect(await store.readNote('openai', 'alerts')).toBe('sent');
    await lease?.renew?.(2 * day);
    vi.setSystemTime(start + 2 * day - 2);
    expect(await store.readNote('openai', 'alerts')).toBe('sent');
    vi.setSystemTime(start + 2 * day - 1);
    expect(await store.readNote('openai', 'alerts')).toBeUndefined();
  });

  it('drops a window at the latest end it has received', async () => {
    const store = new MemoryStore();
    for (const end of [start + 1000, start + 5000, start + 2000])
      await store.sync(request({ counters: [total(1, end)] }));
    vi.setSystemTime(start + 4999);
    const totalsOnly = request({ instance: 'two', counters: [{ ...total(0, start), totals: new Map() }] });
    expect((await store.sync(totalsOnly)).totals.get('total')).toEqual(new Map([['a', [1]]]));
    vi.setSystemTime(start + 5000);
    expect((await store.sync(totalsOnly)).totals.get('total')).toEqual(new Map());
  });

  it('has a different incarnation for every store and pool', async () => {
    const [one, two] = [new MemoryStore(), new MemoryStore()];
    await one.sync(request({ facts: new Map([['a', disabled]]) }));
    const replies = [
      await one.sync(request()),
      await two.sync(request()),
      await one.sync(request({ pool: 'youtube' })),
    ];
    expect(new Set(replies.map(({ cursor }) => cursor.incarnation)).size).toBe(3);
    expect(replies.map(({ records }) => records.size)).toEqual([1, 0, 0]);
  });

  it('still works after one of its users has closed it', async () => {
    const store = new MemoryStore();
    await store.sync(request({ facts: new Map([['a', disabled]]) }));
    await store.close();
    expect((await store.sync(request({ instance: 'two' }))).records).toEqual(new Map([['a', disabled]]));
  });
});
