import { slack, type Channel, type Notification } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { call, minuteMs, Scene, secondMs } from './scene.ts';
import { Sink } from './sink.ts';

it('says the times of messages in the time zone of the reader', async () => {
  const scene = new Scene();
  const manager = scene.manager(['a', 'b', 'c']);
  scene.watch([manager], { timeZone: 'America/Sao_Paulo' });
  await call(manager, { a: { kind: 'invalid-key' } });
  await scene.clock.advance(minuteMs);
  expect(scene.sent.map(({ timeZone }: Notification) => timeZone)).toEqual(['America/Sao_Paulo']);
  expect(() => scene.watch([manager], { timeZone: 'São Paulo' })).toThrow(
    '"timeZone" must be an IANA time zone, for example America/Sao_Paulo; it is "São Paulo".',
  );
});

it('says how each channel is doing', async () => {
  await using sink = await Sink.start();
  sink.answers = [404];
  const scene = new Scene();
  const manager = scene.manager(['a', 'b', 'c']);
  const watch = scene.watch([manager], { channels: [slack(sink.url), function pager() {}] });
  await call(manager, { a: { kind: 'invalid-key' } });
  await scene.clock.advance(12 * secondMs);
  await sink.received(1);
  await watch.close();
  const fields = watch.channels().map(({ channel, state, waiting, lost }) => ({ channel, state, waiting, lost }));
  expect(fields).toEqual([
    { channel: 'slack', state: 'failing', waiting: 0, lost: 1 },
    { channel: 'pager', state: 'working', waiting: 0, lost: 0 },
  ]);
  expect(watch.deliveries()).toMatchObject([
    { channel: 'slack', kind: 'alert', provider: 'acme', isDelivered: false, error: 'The server answers 404.' },
    { channel: 'pager', kind: 'alert', provider: 'acme', isDelivered: true },
  ]);
  expect(scene.logged).toEqual([
    expect.stringContaining('Messages through the channel slack fail: The server answers 404.'),
  ]);
});

it('says how the last test went, without a line in the log', async () => {
  const scene = new Scene();
  let isBroken = true;
  const pager: Channel = {
    name: 'pager',
    send: async () => {
      if (isBroken) throw new Error('It is broken.');
    },
  };
  const watch = scene.watch([scene.manager(['a'])], { channels: [pager] });
  await watch.test();
  const atMs = scene.clock.now();
  const lastError = { message: expect.stringContaining('It is broken.'), atMs };
  expect(watch.channels()).toEqual([
    { channel: 'pager', state: 'failing', waiting: 0, lost: 0, lastError, lastDurationMs: 0 },
  ]);
  await scene.clock.advance(minuteMs);
  isBroken = false;
  await watch.test();
  const lastDeliveredAtMs = atMs + minuteMs;
  expect(watch.channels()).toMatchObject([{ state: 'working', lastDeliveredAtMs, lastError }]);
  expect(scene.logged).toEqual([]);
});
