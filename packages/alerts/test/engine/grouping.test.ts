import { expect, it } from 'vitest';
import { call, exhaust, heal, hourMs, keyOf, minuteMs, Scene, secondMs, type KeyOutcome } from '../scene.ts';

const refused: KeyOutcome = { kind: 'invalid-key' };
const many = ['a', 'b', 'c', 'd', 'e', 'f'];
/** Other keys, because pools with the same key share what is known of it. */
const others = ['u', 'v', 'w', 'x', 'y', 'z'];

it('sends what begins within the group wait in one message, of all pools of a provider', async () => {
  const scene = new Scene();
  const [first, second] = [scene.manager(many), scene.manager(others, { pool: 'batch' })];
  scene.watch([first, second]);
  await call(first, { a: refused });
  await scene.clock.advance(5 * secondMs);
  await call(second, { u: refused, v: refused });
  await scene.clock.advance(4 * secondMs);
  expect(scene.take()).toEqual([]);
  await scene.clock.advance(2 * secondMs);
  expect(scene.take()).toEqual(['00:00:10 alert warning: key.invalid a, key.invalid@batch u, key.invalid@batch v']);
});

it('keeps providers apart', async () => {
  const scene = new Scene();
  const [first, second] = [scene.manager(many), scene.otherManager(many)];
  scene.watch([first, second]);
  await call(first, { a: refused });
  await call(second, { a: refused });
  await scene.clock.advance(minuteMs);
  expect(scene.sent.map(({ provider, displayName }) => [provider, displayName])).toEqual([
    ['acme', 'Acme'],
    ['other', 'Other'],
  ]);
});

it('waits for the group interval with what is as bad as what people know', async () => {
  const scene = new Scene();
  const manager = scene.manager(many);
  scene.watch([manager]);
  await call(manager, { a: refused });
  await scene.clock.advance(minuteMs);
  await call(manager, { b: refused });
  await scene.clock.advance(3 * minuteMs);
  await call(manager, { c: refused });
  await scene.clock.advance(10 * minuteMs);
  expect(scene.take()).toEqual([
    '00:00:10 alert warning: key.invalid a',
    '00:05:10 alert warning: key.invalid a, key.invalid b, key.invalid c',
  ]);
});

it('does not wait for the group interval with what is worse than all that people know', async () => {
  const scene = new Scene();
  const manager = scene.manager(many);
  scene.watch([manager]);
  await call(manager, { a: refused });
  await scene.clock.advance(minuteMs);
  await exhaust(manager, hourMs);
  await scene.clock.advance(4 * minuteMs);
  expect(scene.take()).toEqual([
    '00:00:10 alert warning: key.invalid a',
    '00:01:25 alert critical: provider.exhausted',
  ]);
});

it('mutes the other alerts of a pool while all of its keys are out, not those of other pools', async () => {
  const scene = new Scene();
  const [first, second] = [scene.manager(many), scene.manager(others, { pool: 'batch' })];
  const watch = scene.watch([first, second]);
  await call(first, { a: refused });
  await call(second, { u: refused });
  await scene.clock.advance(minuteMs);
  await exhaust(first, hourMs);
  await scene.clock.advance(6 * minuteMs);
  expect(watch.firing().map(({ rule, pool }) => `${rule}@${pool}`)).toEqual([
    'provider.exhausted@default',
    'key.invalid@batch',
  ]);
  first.reset(keyOf('b'));
  first.reset(keyOf('c'));
  await scene.clock.advance(10 * minuteMs);
  expect(scene.take()).toEqual([
    '00:00:10 alert warning: key.invalid a, key.invalid@batch u',
    '00:01:25 alert critical: provider.exhausted, key.invalid@batch u',
    '00:08:10 alert critical: key.invalid a, key.invalid@batch u, provider.exhausted resolved',
  ]);
});

it('reminds of what still fires, each time after twice as long', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main']);
  scene.watch([manager]);
  await exhaust(manager, 100 * hourMs);
  await scene.clock.advance(61 * hourMs);
  expect(scene.take()).toEqual([
    '00:00:25 alert critical: provider.exhausted',
    '04:00:25 reminder critical: provider.exhausted',
    '12:00:25 reminder critical: provider.exhausted',
    '1d 04:00:25 reminder critical: provider.exhausted',
    '2d 12:00:25 reminder critical: provider.exhausted',
  ]);
});

it('begins to remind again after a change', async () => {
  const scene = new Scene();
  const manager = scene.manager(many);
  scene.watch([manager], { repeatIntervalMs: hourMs });
  await call(manager, { a: refused });
  await scene.clock.advance(4 * hourMs);
  await call(manager, { a: refused, b: refused });
  await scene.clock.advance(2 * hourMs);
  expect(scene.take()).toEqual([
    '00:00:10 alert warning: key.invalid a',
    '01:00:10 reminder warning: key.invalid a',
    '03:00:10 reminder warning: key.invalid a',
    '04:00:10 alert warning: key.invalid a, key.invalid b',
    '05:00:10 reminder warning: key.invalid a, key.invalid b',
  ]);
});

it('sends no reminders if the interval is Infinity, and no resolved ones if they are off', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main']);
  scene.watch([manager], { repeatIntervalMs: Infinity, sendResolved: false });
  await exhaust(manager, 100 * hourMs);
  await scene.clock.advance(24 * hourMs);
  heal(manager);
  await scene.clock.advance(hourMs);
  await exhaust(manager, hourMs);
  await scene.clock.advance(minuteMs);
  expect(scene.take()).toEqual([
    '00:00:25 alert critical: provider.exhausted',
    '1d 01:00:25 alert critical: provider.exhausted',
  ]);
});

it('carries the locale, the link and an id of its own in each message', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main']);
  scene.watch([manager], { locale: 'pt-BR', dashboardUrl: 'https://keys.example.com', repeatIntervalMs: hourMs });
  await exhaust(manager, 100 * hourMs);
  await scene.clock.advance(2 * hourMs);
  const [first, second] = scene.sent;
  expect(first).toMatchObject({ locale: 'pt-BR', dashboardUrl: 'https://keys.example.com', provider: 'acme' });
  expect(first?.id).toMatch(/^[\da-f-]{36}$/);
  expect(second?.id).not.toBe(first?.id);
});
