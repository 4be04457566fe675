import { registry } from '@api-key-fallback/core';
import { expect, it } from 'vitest';
import { exhaust, hourMs, minuteMs, Scene } from '../scene.ts';

it('sends nothing after it is closed, and leaves no timer', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main']);
  const watch = scene.watch([manager]);
  await exhaust(manager, hourMs);
  await scene.clock.advance(20_000);
  await watch.close();
  expect(scene.clock.timers).toBe(0);
  await scene.clock.advance(hourMs);
  expect(scene.take()).toEqual([]);
  expect(watch.firing()).toEqual([]);
  await expect(watch.close()).resolves.toBeUndefined();
});

it('does not keep the process alive', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main']);
  const watch = scene.watch([manager]);
  await exhaust(manager, hourMs);
  for (let second = 0; second < 60; second++) {
    await scene.clock.advance(1000);
    expect(scene.clock.holdsProcess).toBe(false);
  }
  expect(watch.firing()).toHaveLength(1);
});

it('leaves no listener at the managers and the registry', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main']);
  let listeners = 0;
  const on = manager.on.bind(manager);
  manager.on = ((...args: Parameters<typeof on>) => {
    const stop = on(...args);
    listeners++;
    return () => {
      listeners--;
      stop();
    };
  }) as typeof manager.on;
  registry.register(manager);
  const watches = [scene.watch([manager]), scene.watch(undefined)];
  expect(listeners).toBeGreaterThan(0);
  await Promise.all(watches.map((watch) => watch.close()));
  expect(listeners).toBe(0);
  registry.unregister('acme');
});

it('throws nothing into a call when a channel throws', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  scene.watch([manager], {
    channels: [
      () => {
        throw new Error('The channel is broken.');
      },
    ],
  });
  await exhaust(manager, hourMs);
  await scene.clock.advance(minuteMs);
  manager.reset();
  await expect(manager.retryWithFallback(() => 'answer')).resolves.toBe('answer');
});
