import { describe, expect, it } from 'vitest';
import { freshRecord, type KeyRecord } from '../../src/store.ts';
import { eventNames } from '../../src/events/events.ts';
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

describe('the record of another process', () => {
  it.each(Object.entries(oddBuckets))('with %s is ignored', async (_what, bucket) => {
    const store = new UnreliableStore();
    const keys = closeLater(scriptKeys({ [secret]: [ok] }, { store, stepped: true }));
    const { keyId } = keys.key(secret);
    const events: unknown[] = [];
    for (const name of eventNames) keys.manager.on(name, (event) => events.push(event));
    const write = async (id: string, record: KeyRecord) => {
      const facts = new Map([[id, record]]);
      await store.sync({ pool: 'scripted', instance: 'older', facts, counters: [], seen: undefined });
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
