import { describeNotification, type Notification } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { call, exhaust, heal, hourMs, minuteMs, Scene, secondMs } from '../scene.ts';

it('sends one message when all keys have been out for a while, and one when they work again', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  const watch = scene.watch([manager]);
  await exhaust(manager, hourMs);
  await scene.clock.advance(14 * secondMs);
  expect(watch.firing()).toEqual([]);
  await scene.clock.advance(2 * secondMs);
  expect(watch.firing()).toMatchObject([{ rule: 'provider.exhausted', usable: 0, total: 2 }]);
  expect(scene.take()).toEqual([]);
  await scene.clock.advance(minuteMs);
  expect(scene.take()).toEqual(['00:00:25 alert critical: provider.exhausted']);
  heal(manager);
  await scene.clock.advance(10 * minuteMs);
  expect(scene.take()).toEqual(['00:05:25 resolved critical: provider.exhausted resolved']);
  expect(watch.firing()).toEqual([]);
});

it('does not claim that calls work again if no call has tried the keys since', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  scene.watch([manager]);
  await exhaust(manager, minuteMs);
  await scene.clock.advance(hourMs);
  const [, over] = scene.sent;
  expect(over).toMatchObject({ kind: 'resolved', alerts: [{ state: 'resolved', isUnproven: true }] });
  const { sections } = describeNotification(over as Notification);
  expect(sections[0]?.text).toMatch(/^2 of 2 keys can be tried again\. No call has tried them since\./);
});

it('says nothing of keys that cool for two seconds, however often they do', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  scene.watch([manager]);
  for (let round = 0; round < 100; round++) {
    await exhaust(manager, 2 * secondMs);
    await scene.clock.advance(3 * secondMs);
    await call(manager);
    await scene.clock.advance(4 * secondMs);
  }
  expect(scene.take()).toEqual([]);
});

it('sees that no call succeeds, although each cooldown is short', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  scene.watch([manager]);
  for (let round = 0; round < 30; round++) {
    await exhaust(manager, 2 * secondMs);
    await scene.clock.advance(20 * secondMs);
  }
  expect(scene.take()).toEqual(['00:00:30 alert critical: provider.exhausted']);
});

it('says nothing of what is over before the group is sent', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  scene.watch([manager]);
  await exhaust(manager, hourMs);
  await scene.clock.advance(20 * secondMs);
  heal(manager);
  await scene.clock.advance(hourMs);
  expect(scene.take()).toEqual([]);
});
