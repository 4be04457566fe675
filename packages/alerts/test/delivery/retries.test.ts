import { DeliveryError, webhook } from '@api-key-fallback/alerts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { atMs } from '../sample-notification.ts';
import { Sink, type SinkAnswer } from '../sink.ts';
import { TestDelivery } from './test-delivery.ts';

let sink: Sink;
let delivery: TestDelivery;

beforeEach(async () => {
  sink = await Sink.start();
  delivery = new TestDelivery(webhook(sink.url));
});
afterEach(async () => {
  delivery.close();
  await sink[Symbol.asyncDispose]();
});

function received(): readonly unknown[] {
  return sink.posts.map(({ headers }) => headers['webhook-id']);
}

it('delivers at once', async () => {
  await expect(delivery.send('a')).resolves.toBe(true);
  expect(received()).toEqual(['a']);
  expect(delivery.lines).toEqual([]);
  expect(delivery.status()).toEqual([
    { channel: 'webhook', state: 'working', waiting: 0, lost: 0, lastDeliveredAtMs: atMs, lastDurationMs: 0 },
  ]);
});

it.each<SinkAnswer>([500, 503, 'reset'])('tries five times, with pauses that grow, after %s', async (answer) => {
  sink.answers = [answer];
  const delivered = delivery.send('a');
  const pauses = [];
  for (let pause = 1; pause <= 4; pause++) pauses.push(await delivery.endPause());
  await expect(delivered).resolves.toBe(false);
  expect(pauses).toEqual([2000, 10_000, 50_000, 250_000]);
  expect(received()).toEqual(['a', 'a', 'a', 'a', 'a']);
  expect(delivery.clock.timers).toEqual([]);
});

it('leaves up to half of a pause to chance', async () => {
  sink.answers = [500];
  delivery.clock.chance = 0;
  void delivery.send('a');
  expect(await delivery.endPause()).toBe(1000);
});

it('delivers with a later try, and then what came meanwhile, in order', async () => {
  sink.answers = [500, 500, 204];
  const delivered = ['a', 'b', 'c'].map((id) => delivery.send(id));
  await delivery.endPause();
  await delivery.endPause();
  await expect(Promise.all(delivered)).resolves.toEqual([true, true, true]);
  expect(received()).toEqual(['a', 'a', 'a', 'b', 'c']);
});

it('ends a try that takes longer than 15 s, and tries again', async () => {
  sink.answers = ['hang', 204];
  const delivered = delivery.send('a');
  await sink.received(1);
  delivery.clock.advance(14_999);
  expect(delivery.status()).toMatchObject([{ waiting: 1 }]);
  delivery.clock.advance(1);
  await delivery.endPause();
  await expect(delivered).resolves.toBe(true);
  expect(delivery.status()).toMatchObject([{ lastError: { message: 'No answer within 15 s.' } }]);
});

describe('Retry-After', () => {
  async function pauseAfter(retryAfter: string): Promise<number> {
    sink.answers = [{ status: 429, headers: { 'retry-after': retryAfter } }, 204];
    void delivery.send('a');
    return delivery.endPause();
  }

  it('in seconds is honoured', async () => {
    expect(await pauseAfter('40')).toBe(40_000);
  });

  it('as a date is honoured', async () => {
    const pauseMs = await pauseAfter(new Date(Date.now() + 90_000).toUTCString());
    expect(pauseMs).toBeGreaterThan(80_000);
    expect(pauseMs).toBeLessThanOrEqual(90_000);
  });

  it('of more than an hour counts as an hour', async () => {
    expect(await pauseAfter('86400')).toBe(3_600_000);
  });

  it('of less than the usual pause makes it no shorter', async () => {
    expect(await pauseAfter('0')).toBe(2000);
  });
});

it.each([Number.NaN, -5000, Infinity])('takes a demanded pause of %d ms for none', async (retryAfterMs) => {
  let isFirst = true;
  const away = new TestDelivery({
    name: 'away',
    send: async () => {
      const isRefused = isFirst;
      isFirst = false;
      if (isRefused) throw new DeliveryError('Too many requests.', { retryAfterMs });
    },
  });
  const delivered = away.send('a');
  expect(await away.endPause()).toBe(2000);
  await expect(delivered).resolves.toBe(true);
});

it('gives up at once what the receiver refuses for good, and goes on with the next one', async () => {
  sink.answers = [400, 204];
  await expect(Promise.all([delivery.send('a'), delivery.send('b')])).resolves.toEqual([false, true]);
  expect(received()).toEqual(['a', 'b']);
  expect(delivery.status()).toMatchObject([{ state: 'working', lost: 1 }]);
});

it('sends nothing more to a receiver that is gone', async () => {
  sink.answers = [410];
  await expect(Promise.all([delivery.send('a'), delivery.send('b')])).resolves.toEqual([false, false]);
  await expect(delivery.send('c')).resolves.toBe(false);
  expect(received()).toEqual(['a']);
  expect(delivery.lines).toEqual(['Nothing more is sent through the channel webhook: The server answers 410.']);
  expect(delivery.status()).toMatchObject([{ state: 'stopped', waiting: 0 }]);
});

describe('the log', () => {
  it('says nothing of one failure that passes', async () => {
    sink.answers = [500, 204];
    const delivered = delivery.send('a');
    await delivery.endPause();
    await delivered;
    expect(delivery.lines).toEqual([]);
  });

  it('says once that a channel fails, however often, and once that it works again', async () => {
    sink.answers = [500];
    for (const id of ['a', 'b']) {
      const delivered = delivery.send(id);
      for (let pause = 1; pause <= 4; pause++) await delivery.endPause();
      await delivered;
    }
    expect(delivery.lines).toEqual(['Messages through the channel webhook fail: The server answers 500.']);
    expect(delivery.status()).toMatchObject([{ state: 'failing', lost: 2 }]);
    sink.answers = [204];
    await delivery.send('c');
    await delivery.send('d');
    expect(delivery.lines.slice(1)).toEqual(['The channel webhook works again.']);
  });
});

it('keeps only the last hundred while a receiver is away for an hour, and delivers them when it is back', async () => {
  sink.answers = ['reset'];
  const endMs = delivery.clock.now() + 3_600_000;
  const deliveries = [];
  for (let id = 0; delivery.clock.now() < endMs; id++) {
    for (let burst = 0; burst < 60; burst++) deliveries.push(delivery.send(`${id}.${burst}`));
    await delivery.endPause();
    expect(delivery.status()[0]?.waiting).toBeLessThanOrEqual(101);
  }
  expect(delivery.lines).toHaveLength(1);
  await delivery.clock.nextPause();
  sink.answers = [204];
  await delivery.endPause();
  const results = await Promise.all(deliveries);
  expect(results.length).toBeGreaterThan(1000);
  expect(results.lastIndexOf(false)).toBe(results.length - 101);
  expect(delivery.lines).toHaveLength(2);
  expect(delivery.clock.timers).toEqual([]);
});
