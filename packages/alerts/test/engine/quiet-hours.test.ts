import { expect, it } from 'vitest';
import { call, exhaust, heal, hourMs, minuteMs, Scene, type KeyOutcome } from '../scene.ts';

const refused: KeyOutcome = { kind: 'invalid-key', recheckAfterMs: 100 * hourMs };
const labels = ['a', 'b', 'c', 'd'];
const saoPaulo = { from: '22:00', to: '07:00', timeZone: 'America/Sao_Paulo' } as const;

it('waits with warnings over midnight, and sends what is still so when the quiet hours end', async () => {
  // 21:00 in São Paulo.
  const scene = new Scene('2026-03-03T00:00:00Z');
  const manager = scene.manager(labels);
  scene.watch([manager], { quietHours: saoPaulo });
  await scene.clock.advance(2 * hourMs);
  await call(manager, { a: refused });
  await scene.clock.advance(7 * hourMs + 59 * minuteMs);
  expect(scene.take()).toEqual([]);
  await scene.clock.advance(2 * minuteMs);
  expect(scene.take()).toEqual(['10:00:00 alert warning: key.invalid a']);
});

it('says nothing of a warning that is over when the quiet hours end', async () => {
  const scene = new Scene('2026-03-03T02:00:00Z');
  const manager = scene.manager(labels);
  scene.watch([manager], { quietHours: saoPaulo });
  await call(manager, { a: refused });
  await scene.clock.advance(hourMs);
  heal(manager);
  await scene.clock.advance(24 * hourMs);
  expect(scene.take()).toEqual([]);
});

it('sends at once what is critical, also that it is over', async () => {
  const scene = new Scene('2026-03-03T02:00:00Z');
  const manager = scene.manager(['main']);
  scene.watch([manager], { quietHours: saoPaulo });
  await exhaust(manager, 100 * hourMs);
  await scene.clock.advance(hourMs);
  heal(manager);
  await scene.clock.advance(hourMs);
  expect(scene.take()).toEqual([
    '00:00:25 alert critical: provider.exhausted',
    '01:01:10 resolved critical: provider.exhausted resolved',
  ]);
});

it('waits with reminders of warnings', async () => {
  const scene = new Scene('2026-03-02T21:00:00Z');
  const manager = scene.manager(labels);
  scene.watch([manager], { quietHours: saoPaulo });
  await call(manager, { a: refused });
  // The reminder would be due at 22:00:10.
  await scene.clock.advance(14 * hourMs);
  expect(scene.take()).toEqual(['00:00:10 alert warning: key.invalid a', '13:00:00 reminder warning: key.invalid a']);
});

it('lets warnings through in quiet hours that only hold back what is informative', async () => {
  const scene = new Scene('2026-03-03T02:00:00Z');
  const manager = scene.manager(labels);
  const extraRules = [{ name: 'note', severity: 'info', evaluate: () => 'Take note.' } as const];
  scene.watch([manager], { quietHours: { ...saoPaulo, minSeverity: 'warning' }, extraRules });
  await scene.clock.advance(hourMs);
  expect(scene.take()).toEqual([]);
  await call(manager, { a: refused });
  await scene.clock.advance(hourMs);
  // What goes out says all that is wrong with the provider.
  expect(scene.take()).toEqual(['01:00:10 alert warning: key.invalid a, note']);
});

it('goes by what the clocks show when summer time begins and ends', async () => {
  const newYork = { from: '01:00', to: '03:30', timeZone: 'America/New_York' } as const;
  // Clocks go from 02:00 to 03:00: the quiet hours last an hour and a half.
  const spring = new Scene('2026-03-08T06:00:00Z');
  const first = spring.manager(labels);
  spring.watch([first], { quietHours: newYork });
  await call(first, { a: refused });
  await spring.clock.advance(5 * hourMs);
  expect(spring.take()).toEqual(['01:30:00 alert warning: key.invalid a']);
  // Clocks go from 02:00 back to 01:00: three hours and a half.
  const autumn = new Scene('2026-11-01T05:00:00Z');
  const second = autumn.manager(labels);
  autumn.watch([second], { quietHours: newYork });
  await call(second, { a: refused });
  await autumn.clock.advance(5 * hourMs);
  expect(autumn.take()).toEqual(['03:30:00 alert warning: key.invalid a']);
});

it('holds quiet hours within a day', async () => {
  const scene = new Scene('2026-03-02T12:00:00Z');
  const manager = scene.manager(labels);
  scene.watch([manager], { quietHours: { from: '12:00', to: '14:00', timeZone: 'UTC' } });
  await call(manager, { a: refused });
  await scene.clock.advance(24 * hourMs - minuteMs);
  expect(scene.take().slice(0, 1)).toEqual(['02:00:00 alert warning: key.invalid a']);
});
