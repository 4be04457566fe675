import { expect, it } from 'vitest';
import { call, hourMs, minuteMs, Scene, type KeyOutcome } from '../scene.ts';

const refused: KeyOutcome = { kind: 'invalid-key', recheckAfterMs: 1000 * hourMs };
const labels = ['a', 'b', 'c', 'd'];

it('sends what fires once a day at its time, from the next such time on, also if nothing does', async () => {
  // 09:30 in São Paulo.
  const scene = new Scene('2026-03-02T12:30:00Z');
  const manager = scene.manager(labels);
  scene.watch([manager], { digest: { at: '09:00', timeZone: 'America/Sao_Paulo' }, repeatIntervalMs: Infinity });
  await scene.clock.advance(24 * hourMs);
  expect(scene.take()).toEqual(['23:30:00 digest info: ']);
  await call(manager, { a: refused });
  await scene.clock.advance(48 * hourMs);
  expect(scene.take()).toEqual([
    '1d 00:00:10 alert warning: key.invalid a',
    '1d 23:30:00 digest warning: key.invalid a',
    '2d 23:30:00 digest warning: key.invalid a',
  ]);
});

it('sends it once on days on which the clocks change, also if they do not show its time', async () => {
  const digest = { at: '02:30', timeZone: 'America/New_York' } as const;
  const spring = new Scene('2026-03-07T06:00:00Z');
  spring.watch([spring.manager(labels)], { digest });
  await spring.clock.advance(72 * hourMs);
  expect(spring.sent.map(({ atMs }) => new Date(atMs).toISOString())).toEqual([
    '2026-03-07T07:30:00.001Z',
    '2026-03-08T07:00:00.001Z',
    '2026-03-09T06:30:00.001Z',
  ]);
  const autumn = new Scene('2026-11-01T04:30:00Z');
  autumn.watch([autumn.manager(labels)], { digest: { ...digest, at: '01:30' } });
  await autumn.clock.advance(24 * hourMs);
  expect(autumn.sent.map(({ atMs }) => new Date(atMs).toISOString())).toEqual(['2026-11-01T05:30:00.001Z']);
});

it('sends it in quiet hours, because its time was chosen', async () => {
  const scene = new Scene('2026-03-02T12:30:00Z');
  const quietHours = { from: '22:00', to: '07:00', timeZone: 'UTC' } as const;
  scene.watch([scene.manager(labels)], { digest: { at: '06:00', timeZone: 'UTC' }, quietHours });
  await scene.clock.advance(24 * hourMs);
  expect(scene.take()).toEqual(['17:30:00 digest info: ']);
});

it('counts as no message of the hour', async () => {
  const scene = new Scene('2026-03-02T12:30:00Z');
  const manager = scene.manager(labels);
  scene.watch([manager], { digest: { at: '12:31', timeZone: 'UTC' }, groupIntervalMs: minuteMs });
  for (const label of ['a', 'b', 'c']) {
    await call(manager, { [label]: refused });
    await scene.clock.advance(2 * minuteMs);
  }
  expect(scene.take().filter((line) => line.includes('digest'))).toHaveLength(1);
});
