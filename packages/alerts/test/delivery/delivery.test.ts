import { DeliveryError, type Channel, type Notification } from '@api-key-fallback/alerts';
import { describe, expect, it } from 'vitest';
import { sampleNotification } from '../sample-notification.ts';
import { TestDelivery } from './test-delivery.ts';

/** A channel that keeps what it gets, and sends it when it is let. */
class SlowChannel implements Channel {
  readonly name = 'slow';
  readonly seen: string[] = [];
  isAborted = false;
  #release: () => void = () => {};
  #hang = true;

  async send({ id }: Notification, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    this.seen.push(id);
    signal.addEventListener('abort', () => (this.isAborted = true));
    if (this.#hang) await new Promise<void>((resolve) => (this.#release = resolve));
  }

  release(): void {
    this.#hang = false;
    this.#release();
  }
}

function quick(minSeverity?: Channel['minSeverity']): Channel & { readonly seen: string[] } {
  const seen: string[] = [];
  const limit = minSeverity === undefined ? {} : { minSeverity };
  return { name: 'quick', ...limit, seen, send: async ({ id }) => void seen.push(id) };
}

it('is done when one channel has delivered, though another one is slow', async () => {
  const [slow, fast] = [new SlowChannel(), quick()];
  const delivery = new TestDelivery(slow, fast);
  await expect(delivery.send('a')).resolves.toBe(true);
  expect([slow.seen, fast.seen]).toEqual([['a'], ['a']]);
  await expect(delivery.send('b')).resolves.toBe(true);
  expect([slow.seen, fast.seen]).toEqual([['a'], ['a', 'b']]);
  slow.release();
  await delivery.flush(1000);
  expect(slow.seen).toEqual(['a', 'b']);
});

it('leaves a channel out whose minSeverity is higher', async () => {
  const [all, warnings, critical] = [quick(), quick('warning'), quick('critical')];
  const delivery = new TestDelivery(all, warnings, critical);
  for (const severity of ['info', 'warning', 'critical'] as const) await delivery.send(severity, { severity });
  expect(all.seen).toEqual(['info', 'warning', 'critical']);
  expect(warnings.seen).toEqual(['warning', 'critical']);
  expect(critical.seen).toEqual(['critical']);
  await expect(new TestDelivery(critical).send('info', { severity: 'info' })).resolves.toBe(true);
});

describe('a full queue', () => {
  it('loses the oldest that says that all is well, and then the oldest', async () => {
    const slow = new SlowChannel();
    const delivery = new TestDelivery(slow);
    void delivery.send('running');
    for (let id = 0; id < 100; id++)
      void delivery.send(`${id}`, { kind: id === 50 || id === 60 ? 'resolved' : 'alert' });
    for (const id of ['x', 'y', 'z']) void delivery.send(id);
    slow.release();
    await delivery.flush(1000);
    const kept = Array.from({ length: 100 }, (_, id) => `${id}`).filter((id) => !['0', '50', '60'].includes(id));
    expect(slow.seen).toEqual(['running', ...kept, 'x', 'y', 'z']);
    expect(delivery.status()).toMatchObject([{ lost: 3, waiting: 0 }]);
  });

  it('says of those that it loses that they are not delivered', async () => {
    const slow = new SlowChannel();
    const delivery = new TestDelivery(slow);
    void delivery.send('running');
    const first = delivery.send('first');
    for (let id = 0; id < 100; id++) void delivery.send(`${id}`);
    await expect(first).resolves.toBe(false);
  });
});

describe('a channel of the application', () => {
  it.each<[string, () => unknown]>([
    [
      'throws at once',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects with nothing', () => Promise.reject(undefined)],
    [
      'throws an object that cannot be read',
      () => {
        throw new Proxy(
          {},
          {
            get() {
              throw new Error('no');
            },
          },
        );
      },
    ],
  ])('that %s is tried again, and disturbs no one', async (_what, send) => {
    const delivery = new TestDelivery({ name: 'own', send: send as Channel['send'] });
    const delivered = delivery.send('a');
    for (let pause = 1; pause <= 4; pause++) await delivery.endPause();
    await expect(delivered).resolves.toBe(false);
    expect(delivery.lines).toHaveLength(1);
  });

  it('that never answers is left after 15 s, and asked to end', async () => {
    const slow = new SlowChannel();
    const delivery = new TestDelivery(slow);
    void delivery.send('a');
    delivery.clock.advance(15_000);
    expect(await delivery.clock.nextPause()).toBe(2000);
    expect(slow.isAborted).toBe(true);
  });

  it('says with a DeliveryError how to go on', async () => {
    const errors = [
      new DeliveryError('later', { retryAfterMs: 33_000 }),
      new DeliveryError('never this one', { isFinal: true }),
      new DeliveryError('never again', { stopsChannel: true }),
    ];
    const seen: string[] = [];
    const delivery = new TestDelivery({
      name: 'own',
      async send({ id }) {
        seen.push(id);
        throw errors.shift();
      },
    });
    const first = delivery.send('a');
    expect(await delivery.endPause()).toBe(33_000);
    await expect(first).resolves.toBe(false);
    await expect(delivery.send('b')).resolves.toBe(false);
    await expect(delivery.send('c')).resolves.toBe(false);
    expect(seen).toEqual(['a', 'a', 'b']);
  });
});

it('holds no process: its timers run in the background, but not that of flush(), which is waited for', async () => {
  const delivery = new TestDelivery(new SlowChannel(), { name: 'broken', send: () => Promise.reject(new Error('no')) });
  void delivery.send('a');
  await delivery.clock.nextPause();
  expect(delivery.clock.timers.map(({ isInBackground }) => isInBackground)).toEqual([true, true]);
  const flushed = delivery.flush(5000);
  expect(delivery.clock.timers.at(-1)).toMatchObject({ ms: 5000, isInBackground: false });
  delivery.clock.advance(1);
  delivery.clock.advance(4999);
  await flushed;
});

describe('before the end', () => {
  /** A channel that is away for a number of tries. */
  function away(tries: number, error: Error): Channel & { readonly seen: string[] } {
    const seen: string[] = [];
    async function send({ id }: Notification): Promise<void> {
      seen.push(id);
      if (seen.length <= tries) throw error;
    }
    return { name: 'away', seen, send };
  }

  it('what waits is sent without pauses', async () => {
    const channel = away(1, new Error('no'));
    const delivery = new TestDelivery(channel);
    const delivered = ['a', 'b'].map((id) => delivery.send(id));
    await delivery.clock.nextPause();
    await delivery.flush(5000);
    await expect(Promise.all(delivered)).resolves.toEqual([true, true]);
    expect(channel.seen).toEqual(['a', 'a', 'b']);
    expect(delivery.clock.timers).toEqual([]);
  });

  it('what still fails is given up', async () => {
    const channel = away(Infinity, new Error('no'));
    const delivery = new TestDelivery(channel);
    for (const id of ['a', 'b', 'c']) void delivery.send(id);
    await delivery.flush(5000);
    expect(channel.seen).toEqual(['a', 'a', 'b', 'c']);
    expect(delivery.status()).toMatchObject([{ waiting: 0, lost: 3 }]);
  });

  it('a pause that the receiver demands is still kept', async () => {
    const channel = away(1, new DeliveryError('too many', { retryAfterMs: 60_000 }));
    const delivery = new TestDelivery(channel);
    const delivered = delivery.send('a');
    await delivery.clock.nextPause();
    await delivery.flush(5000);
    await expect(delivered).resolves.toBe(false);
    expect(channel.seen).toEqual(['a']);
  });
});

it('drops what waits when it is closed, ends its timers, and takes nothing more', async () => {
  const slow = new SlowChannel();
  const delivery = new TestDelivery(slow);
  const deliveries = [delivery.send('a'), delivery.send('b')];
  delivery.close();
  await expect(Promise.all(deliveries)).resolves.toEqual([false, false]);
  await expect(delivery.send('c')).resolves.toBe(false);
  expect(delivery.clock.timers).toEqual([]);
  expect(slow.isAborted).toBe(true);
  expect(slow.seen).toEqual(['a']);
  expect(delivery.lines).toEqual([]);
  await delivery.flush(1000);
  await expect(delivery.test(sampleNotification())).resolves.toEqual([
    { channel: 'slow', isDelivered: false, error: 'The alerts are closed.' },
  ]);
});

it('ends a pause when it is closed', async () => {
  const delivery = new TestDelivery({ name: 'broken', send: () => Promise.reject(new Error('no')) });
  const delivered = delivery.send('a');
  await delivery.clock.nextPause();
  delivery.close();
  await expect(delivered).resolves.toBe(false);
  expect(delivery.clock.timers).toEqual([]);
});

describe('a test', () => {
  const test = sampleNotification({ kind: 'test', severity: 'info', alerts: [] });

  it('goes once through every channel, whatever its minSeverity, and says what came of it', async () => {
    const critical = quick('critical');
    const delivery = new TestDelivery(critical, { name: 'broken', send: () => Promise.reject(new Error('no way')) });
    await expect(delivery.test(test)).resolves.toEqual([
      { channel: 'quick', isDelivered: true },
      { channel: 'broken', isDelivered: false, error: 'no way' },
    ]);
    expect(critical.seen).toEqual([test.id]);
    expect(delivery.clock.timers).toEqual([]);
    expect(delivery.lines).toEqual([]);
  });

  it('goes through the channel of a name, also while others wait for it', async () => {
    const slow = new SlowChannel();
    const delivery = new TestDelivery(quick(), slow);
    void delivery.send('a');
    const tested = delivery.test(test, 'slow');
    expect(slow.seen).toEqual(['a', test.id]);
    delivery.clock.advance(15_000);
    await expect(tested).resolves.toEqual([{ channel: 'slow', isDelivered: false, error: 'No answer within 15 s.' }]);
  });
});
