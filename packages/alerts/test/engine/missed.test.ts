import type { Notification } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { exhaust, hourMs, minuteMs, Scene } from '../scene.ts';

/** A scene with an alert that fires, a channel that is away, and another one that has delivered it. */
async function sceneWithOneChannelAway(options: Parameters<Scene['watch']>[1] = {}) {
  const scene = new Scene();
  const manager = scene.manager(['main']);
  const arrived: Notification[] = [];
  const delivered: Notification[] = [];
  const channel = { isAway: true, tries: 0 };
  scene.watch([manager], {
    channels: [
      (notification) => {
        channel.tries += 1;
        if (channel.isAway) throw new Error('Connection refused.');
        arrived.push(notification);
      },
      (notification) => void delivered.push(notification),
    ],
    ...options,
  });
  await exhaust(manager, 100 * hourMs);
  await scene.clock.advance(8 * minuteMs);
  expect([delivered.length, channel.tries]).toEqual([1, 5]);
  return { scene, manager, channel, arrived, delivered };
}

it('sends what still fires through the channel that has missed it, once that works again', async () => {
  const { scene, channel, arrived, delivered } = await sceneWithOneChannelAway();
  channel.isAway = false;
  await scene.clock.advance(hourMs);
  expect(arrived).toMatchObject([{ kind: 'alert', alerts: [{ rule: 'provider.exhausted', state: 'firing' }] }]);
  expect(arrived[0]?.id).toBe(delivered[0]?.id);
  expect(arrived[0]?.atMs).toBeGreaterThan(Number(delivered[0]?.atMs) + 10 * minuteMs);
  expect(delivered).toHaveLength(1);
});

it('tries a channel that stays away a few times an hour', async () => {
  const { scene, channel, arrived } = await sceneWithOneChannelAway();
  await scene.clock.advance(2 * hourMs);
  expect(channel.tries).toBeGreaterThan(30);
  expect(channel.tries).toBeLessThan(60);
  channel.isAway = false;
  await scene.clock.advance(20 * minuteMs);
  expect(arrived).toHaveLength(1);
});

it('sends nothing later that is over', async () => {
  const { scene, manager, channel, arrived } = await sceneWithOneChannelAway({ sendResolved: false });
  manager.reset();
  channel.isAway = false;
  await scene.clock.advance(hourMs);
  expect(arrived).toEqual([]);
});

it('sends only the newest', async () => {
  const { scene, manager, channel, arrived, delivered } = await sceneWithOneChannelAway();
  manager.reset();
  channel.isAway = false;
  await scene.clock.advance(hourMs);
  expect(delivered).toMatchObject([{ kind: 'alert' }, { kind: 'resolved' }]);
  expect(arrived).toMatchObject([{ kind: 'resolved' }]);
});

it('sends a warning later only outside of the quiet hours', async () => {
  const { scene, channel, arrived } = await sceneWithOneChannelAway({
    rules: { 'provider.exhausted': { severity: 'warning' } },
    quietHours: quietFrom(5 * minuteMs),
  });
  channel.isAway = false;
  await scene.clock.advance(hourMs);
  expect(arrived).toEqual([]);
});

/** Quiet hours that begin so long after the start of a scene. */
function quietFrom(ms: number): { from: string; to: string; timeZone: string } {
  const timeOfDay = (atMs: number) => new Date(atMs).toISOString().slice(11, 16);
  const startMs = new Scene().clock.now();
  return { from: timeOfDay(startMs + ms), to: timeOfDay(startMs + ms + 8 * hourMs), timeZone: 'UTC' };
}
