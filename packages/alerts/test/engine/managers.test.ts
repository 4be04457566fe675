import { registry } from '@api-key-fallback/core';
import { afterEach, expect, it } from 'vitest';
import { acme, call, exhaust, hourMs, minuteMs, Scene, secondMs, type KeyOutcome } from '../scene.ts';

const refused: KeyOutcome = { kind: 'invalid-key', recheckAfterMs: 1000 * hourMs };
const labels = ['a', 'b', 'c', 'd'];

afterEach(() => {
  registry.unregister('acme');
  registry.unregister('other');
});

it('watches the managers of the registry, those that come later included', async () => {
  const scene = new Scene();
  const watch = scene.watch(undefined);
  await scene.clock.advance(minuteMs);
  const manager = scene.manager(labels);
  registry.register(manager);
  await call(manager, { a: refused });
  await scene.clock.advance(minuteMs);
  expect(scene.take()).toEqual(['00:01:10 alert warning: key.invalid a']);
  expect(watch.firing()).toMatchObject([{ rule: 'key.invalid' }]);
});

it('logs once that nothing is watched after a minute, because managers made with `new` are not registered', async () => {
  const scene = new Scene();
  scene.watch(undefined);
  scene.manager(labels);
  await scene.clock.advance(59 * secondMs);
  expect(scene.logged).toEqual([]);
  await scene.clock.advance(hourMs);
  expect(scene.logged).toEqual([
    'Alerts: No key manager is watched yet. One that you made with `new` is watched only if you register it or pass it as `managers`.',
  ]);
});

it('does not log that nothing is watched when a manager is, or when the watch is closed', async () => {
  const scene = new Scene();
  const closed = scene.watch(undefined);
  await closed.close();
  expect(scene.clock.timers).toBe(0);
  scene.watch([scene.manager(labels)]);
  registry.register(scene.otherManager(labels));
  scene.watch(undefined);
  await scene.clock.advance(hourMs);
  expect(scene.logged).toEqual([]);
});

it('resolves the alerts of a manager that has gone after a quarter of an hour', async () => {
  const scene = new Scene();
  const watch = scene.watch(undefined);
  const manager = scene.manager(labels);
  registry.register(manager);
  await call(manager, { a: refused });
  await scene.clock.advance(minuteMs);
  registry.unregister(acme);
  await scene.clock.advance(14 * minuteMs);
  expect(watch.firing()).toHaveLength(1);
  await scene.clock.advance(10 * minuteMs);
  expect(scene.take()).toEqual([
    '00:00:10 alert warning: key.invalid a',
    '00:16:10 resolved warning: key.invalid a resolved',
  ]);
  expect(watch.firing()).toEqual([]);
});

it('goes on with the alerts of a manager that another one replaces, or that is made again', async () => {
  const scene = new Scene();
  scene.watch(undefined);
  const manager = scene.manager(labels);
  registry.register(manager);
  await call(manager, { a: refused });
  await scene.clock.advance(minuteMs);
  registry.register(scene.manager(labels), { replace: true });
  await scene.clock.advance(10 * minuteMs);
  registry.unregister(acme);
  await scene.clock.advance(10 * minuteMs);
  registry.register(manager);
  await scene.clock.advance(hourMs);
  expect(scene.take()).toEqual(['00:00:10 alert warning: key.invalid a']);
});

it('says nothing of what was not sent yet when its manager goes', async () => {
  const scene = new Scene();
  scene.watch(undefined);
  const manager = scene.manager(labels);
  registry.register(manager);
  await exhaust(manager, hourMs);
  await scene.clock.advance(16 * secondMs);
  registry.unregister(acme);
  await scene.clock.advance(hourMs);
  expect(scene.take()).toEqual([]);
});

it('watches the other managers when the status of one cannot be read, and logs that once', async () => {
  const scene = new Scene();
  const [broken, sound] = [scene.otherManager(labels), scene.manager(labels)];
  broken.status = () => {
    throw new Error('It is broken.');
  };
  scene.watch([broken, sound]);
  await call(sound, { a: refused });
  await scene.clock.advance(hourMs);
  expect(scene.take()).toEqual(['00:00:10 alert warning: key.invalid a']);
  expect(scene.logged).toEqual(['Alerts: Not all keys can be watched: It is broken.']);
});

it('keeps nothing of pools and keys that have gone', async () => {
  const scene = new Scene();
  const watch = scene.watch(undefined, { rules: { 'failover.rate': { count: 1 } } });
  for (let number = 0; number < 200; number++) {
    const pool = `tenant-${number}`;
    const manager = scene.manager([`a${number}`, `b${number}`], { pool });
    registry.register(manager);
    await call(manager, { [`a${number}`]: refused });
    await scene.clock.advance(minuteMs);
    registry.unregister(acme, pool);
    await manager.close();
  }
  expect(watch.firing().length).toBeLessThan(3 * 20);
  await scene.clock.advance(2 * hourMs);
  expect(watch.firing()).toEqual([]);
  expect(scene.clock.timers).toBe(1);
});
