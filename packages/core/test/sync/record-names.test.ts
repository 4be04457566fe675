import { describe, expect, it } from 'vitest';
import { freshRecord, type KeyRecord } from '../../src/store.ts';
import { eventNames } from '../../src/events/event-names.ts';
import { tenMegabytes } from '../odd-values.ts';
import { ok, rateLimited, scriptKeys } from '../scripted-keys.ts';
import { exchange, UnreliableStore } from './unreliable-store.ts';
import { closeLater } from './virtual-processes.ts';

const secret = 'record-key-of-30-characters-01';
const disabled: KeyRecord = { ...freshRecord, epoch: 1, disabled: 'operator' };
const cooling: KeyRecord = { ...freshRecord, epoch: 1, untilMs: 2_000_000, level: 1, reason: 'rate-limited' };

const oddBuckets: Readonly<Record<string, string>> = {
  'an empty bucket': '',
  'a bucket of 10 MB': tenMegabytes,
  'a bucket with a line break': 'two\nlines',
  'a bucket with an escape sequence': '\u001B[31mred',
  'a bucket with a key': `ask ${secret}`,
};

/** Records as a store of the application can return them. */
const oddRecords: Readonly<Record<string, unknown>> = {
  'an unknown reason': { ...cooling, reason: 'tired' },
  'a reason of Object': { ...cooling, reason: 'constructor' },
  'an unknown cause of being disabled': { ...disabled, disabled: secret },
  'no reason': { ...cooling, reason: undefined },
  'an end that is not a number': { ...cooling, untilMs: '2000000' },
  'an endless end': { ...cooling, untilMs: Infinity },
  'no time as its end': { ...cooling, untilMs: Number.NaN },
  'a negative end': { ...cooling, untilMs: -1 },
  'a level of half': { ...cooling, level: 0.5 },
  'an endless generation': { ...cooling, generation: Infinity },
  'an epoch that is not a number': { ...cooling, epoch: null },
  'null in its place': null,
};

describe('the record of another process', () => {
  it.each(Object.entries(oddBuckets))('with %s is ignored', async (_what, bucket) => {
    const store = new UnreliableStore();
    const keys = closeLater(scriptKeys({ [secret]: [ok] }, { store, stepped: true }));
    const { keyId } = keys.key(secret);
    const events: unknown[] = [];
    for (const name of eventNames) keys.manager.on(name, (event) => events.push(event));
    const write = async (id: string, record: KeyRecord) => {
      const facts = new Map([[id, record]]);
      await store.sync({ pool: 'scripted', instance: 'older', facts, counters: [], withTotals: true, seen: undefined });
      await exchange();
    };
    await write(`${keyId}/${bucket}`, disabled);
    await keys.manager.ready();
    await write(`${keyId}/${bucket}`, { ...cooling, generation: 1 });
    await write(`${keyId}/search`, cooling);
    const { state, buckets } = keys.key(secret);
    expect([state, buckets?.map((entry) => entry.bucket)]).toEqual(['healthy', ['search']]);
    expect(JSON.stringify([events, keys.manager.status()])).not.toMatch(/record-key|xxx|lines|red"/);
  });

  it.each(Object.entries(oddRecords))('with %s is ignored', async (_what, odd) => {
    const store = new UnreliableStore();
    const keys = closeLater(scriptKeys({ [secret]: [ok] }, { store, stepped: true }));
    await exchange();
    const events: unknown[] = [];
    for (const name of eventNames) keys.manager.on(name, (event) => events.push(event));
    for (const id of [keys.key(secret).keyId, `${keys.key(secret).keyId}/search`]) {
      const facts = new Map([[id, odd as KeyRecord]]);
      store.tell({ cursor: { incarnation: 'other', version: 1 }, instance: 'older', records: facts });
    }
    await exchange();
    expect(keys.key(secret)).toMatchObject({ state: 'healthy' });
    expect(keys.key(secret).buckets).toBeUndefined();
    expect(events).toEqual([]);
    await expect(keys.call()).resolves.toBe(secret);
  });

  it('is found under every bucket that this process has sent', async () => {
    const store = new UnreliableStore();
    const groups = { [secret]: 'a' };
    const long = 'x'.repeat(256);
    const script = { [secret]: [rateLimited(60_000)] } as const;
    const verdict = { kind: 'rate-limited', reason: 'x', retryAfterMs: 60_000, bucket: long } as const;
    const options = { store, stepped: true, groups, adapter: { classifyError: () => verdict } };
    const [a, b] = [closeLater(scriptKeys(script, options)), closeLater(scriptKeys(script, options))];
    await exchange();
    await a.call({ operation: `about ${secret}`, maxRetries: 1 }).catch(() => {});
    await exchange();
    const bucketsOf = (keys: typeof a) => keys.key(secret).buckets?.map(({ bucket, state }) => [bucket, state]);
    expect(bucketsOf(b)).toEqual([
      ['about [redacted]', 'cooling'],
      [long, 'cooling'],
    ]);
    expect(bucketsOf(b)).toEqual(bucketsOf(a));
  });
});
