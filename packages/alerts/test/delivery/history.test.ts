import { setImmediate } from 'node:timers/promises';
import { DeliveryError, type Channel, type ChannelStatus } from '@api-key-fallback/alerts';
import { describe, expect, it } from 'vitest';
import { atMs, sampleNotification } from '../sample-notification.ts';
import { TestDelivery } from './test-delivery.ts';

/** A channel whose tries take some time and end as listed, the last way for good. */
class TimedChannel implements Channel {
  readonly name: string;
  readonly #outcomes: (Error | undefined)[];
  #end: () => void = () => {};

  constructor(name: string, ...outcomes: (Error | undefined)[]) {
    this.name = name;
    this.#outcomes = outcomes;
  }

  async send(): Promise<void> {
    await new Promise<void>((resolve) => (this.#end = resolve));
    const error = this.#outcomes.length > 1 ? this.#outcomes.shift() : this.#outcomes[0];
    if (error) throw error;
  }

  /** Ends the try that runs, after this time in ms. */
  async end(delivery: TestDelivery, ms: number): Promise<void> {
    delivery.clock.advance(ms);
    this.#end();
    await setImmediate();
  }
}

const about = { provider: 'openai', displayName: 'OpenAI' };

function quick(name: string): Channel {
  return { name, send: async () => {} };
}

describe('deliveries()', () => {
  it('lists what was delivered, with how long it took and in how many tries', async () => {
    const channel = new TimedChannel('slow', new Error('It is busy.'), undefined);
    const delivery = new TestDelivery(channel);
    const delivered = delivery.send('a', { kind: 'reminder' });
    await channel.end(delivery, 300);
    expect(delivery.deliveries()).toEqual([]);
    await delivery.endPause();
    await setImmediate();
    await channel.end(delivery, 50);
    await delivered;
    expect(delivery.deliveries()).toEqual([
      { channel: 'slow', kind: 'reminder', ...about, atMs: atMs + 2350, durationMs: 2350, tries: 2, isDelivered: true },
    ]);
  });

  it('lists what was given up, with the last error as one redacted line without URLs', async () => {
    const wrong = new Error('Broken:\n https://hooks.example/secret and sk-proj-abcdefghijklmnop');
    const delivery = new TestDelivery({
      name: 'broken',
      send: () => Promise.reject(new DeliveryError(wrong.message, { isFinal: true })),
    });
    await delivery.send('a');
    const error = 'Broken: [URL] and [redacted]';
    expect(delivery.deliveries()).toEqual([
      { channel: 'broken', kind: 'alert', ...about, atMs, durationMs: 0, tries: 1, isDelivered: false, error },
    ]);
  });

  it('lists all five tries of a receiver that is away as one', async () => {
    const delivery = new TestDelivery({ name: 'away', send: () => Promise.reject(new Error('It is away.')) });
    const delivered = delivery.send('a');
    for (let pause = 1; pause <= 4; pause++) await delivery.endPause();
    await delivered;
    expect(delivery.deliveries()).toMatchObject([{ tries: 5, durationMs: 312_000, isDelivered: false }]);
  });

  it('lists tests, of each channel', async () => {
    const delivery = new TestDelivery(quick('a'), { name: 'b', send: () => Promise.reject(new Error('No.')) });
    await delivery.test(sampleNotification({ kind: 'test', provider: 'test', displayName: 'Test', alerts: [] }));
    const test = { kind: 'test', provider: 'test', displayName: 'Test', tries: 1 };
    expect(delivery.deliveries()).toHaveLength(2);
    expect(delivery.deliveries()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ channel: 'a', ...test, isDelivered: true }),
        expect.objectContaining({ channel: 'b', ...test, isDelivered: false, error: 'No.' }),
      ]),
    );
  });

  it('keeps the last 50, the newest first', async () => {
    const delivery = new TestDelivery(quick('a'));
    for (let number = 1; number <= 60; number++) {
      delivery.clock.advance(1000);
      await delivery.send(`${number}`);
    }
    const times = delivery.deliveries().map((record) => record.atMs - atMs);
    expect(times).toEqual(Array.from({ length: 50 }, (_, index) => (60 - index) * 1000));
  });

  it('lists what was under way when the channel stopped or the watch was closed, but not what was never tried', async () => {
    const gone = new TestDelivery({
      name: 'gone',
      send: () => Promise.reject(new DeliveryError('It is gone.', { stopsChannel: true })),
    });
    await Promise.all([gone.send('a'), gone.send('b')]);
    await gone.send('c');
    expect(gone.deliveries()).toMatchObject([{ tries: 1, error: 'It is gone.' }]);
    const slow = new TestDelivery(new TimedChannel('slow', undefined));
    const delivered = ['a', 'b'].map((id) => slow.send(id));
    slow.close();
    await Promise.all(delivered);
    expect(slow.deliveries()).toMatchObject([{ tries: 1, isDelivered: false, error: 'The alerts are closed.' }]);
  });
});

describe('the status of a channel', () => {
  const triesOf = ([status]: readonly ChannelStatus[]) => [status?.currentTry, status?.lastDurationMs];

  it('has the number of the try that runs, or waits for its pause, and how long the last one took', async () => {
    const error = new Error('It is busy.');
    const channel = new TimedChannel('slow', error, error, undefined);
    const delivery = new TestDelivery(channel);
    expect(triesOf(delivery.status())).toEqual([undefined, undefined]);
    const delivered = delivery.send('a');
    expect(triesOf(delivery.status())).toEqual([1, undefined]);
    await channel.end(delivery, 300);
    expect(triesOf(delivery.status())).toEqual([2, 300]);
    await delivery.endPause();
    await setImmediate();
    expect(triesOf(delivery.status())).toEqual([2, 300]);
    await channel.end(delivery, 200);
    expect(triesOf(delivery.status())).toEqual([3, 200]);
    await delivery.endPause();
    await setImmediate();
    await channel.end(delivery, 100);
    await delivered;
    expect(triesOf(delivery.status())).toEqual([undefined, 100]);
    expect(delivery.status()[0]).not.toHaveProperty('currentTry');
  });

  it('has no try of a message that was given up, and none of a test', async () => {
    const channel = new TimedChannel('slow', undefined);
    const delivery = new TestDelivery(channel);
    const tested = delivery.test(sampleNotification({ kind: 'test' }));
    expect(triesOf(delivery.status())).toEqual([undefined, undefined]);
    await channel.end(delivery, 400);
    await tested;
    expect(triesOf(delivery.status())).toEqual([undefined, 400]);
    const away = new TestDelivery({ name: 'away', send: () => Promise.reject(new Error('It is away.')) });
    const delivered = away.send('a');
    for (let pause = 1; pause <= 4; pause++) await away.endPause();
    await delivered;
    expect(triesOf(away.status())).toEqual([undefined, 0]);
  });
});
