import type { Notification } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { exhaust, heal, hourMs, minuteMs, Scene } from '../scene.ts';

/** A scene whose only channel can be away. */
function sceneWithChannel() {
  const scene = new Scene();
  const manager = scene.manager(['main']);
  const arrived: Notification[] = [];
  const channel = { isAway: false };
  const send = (notification: Notification) => {
    if (channel.isAway) throw new Error('Connection refused.');
    arrived.push(notification);
  };
  return { scene, manager, channel, send, take: () => scene.lines(arrived.splice(0)) };
}

it('sends again what no channel has delivered, minutes after the channel is back', async () => {
  const { scene, manager, channel, send, take } = sceneWithChannel();
  scene.watch([manager], { channels: [send] });
  channel.isAway = true;
  await exhaust(manager, 100 * hourMs);
  await scene.clock.advance(30 * minuteMs);
  channel.isAway = false;
  await scene.clock.advance(10 * minuteMs);
  expect(take()).toEqual([expect.stringMatching(/alert critical: provider\.exhausted$/)]);
});

it('says that it is over, although a reminder was not delivered', async () => {
  const { scene, manager, channel, send, take } = sceneWithChannel();
  scene.watch([manager], { channels: [send] });
  await exhaust(manager, 100 * hourMs);
  await scene.clock.advance(hourMs);
  take();
  channel.isAway = true;
  await scene.clock.advance(4 * hourMs);
  channel.isAway = false;
  heal(manager);
  await scene.clock.advance(10 * minuteMs);
  expect(take()).toEqual([expect.stringMatching(/resolved critical: provider\.exhausted resolved$/)]);
});

it('says later that it is over, if that was not delivered', async () => {
  const { scene, manager, channel, send, take } = sceneWithChannel();
  scene.watch([manager], { channels: [send] });
  await exhaust(manager, 100 * hourMs);
  await scene.clock.advance(hourMs);
  take();
  channel.isAway = true;
  heal(manager);
  await scene.clock.advance(20 * minuteMs);
  channel.isAway = false;
  await scene.clock.advance(15 * minuteMs);
  expect(take()).toEqual([expect.stringMatching(/resolved critical: provider\.exhausted resolved$/)]);
  await scene.clock.advance(2 * hourMs);
  expect(take()).toEqual([]);
});

it('does not send again what no channel wants', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main']);
  const arrived: Notification[] = [];
  const channel = {
    name: 'pager',
    minSeverity: 'critical',
    send: async (notification: Notification) => void arrived.push(notification),
  } as const;
  const watch = scene.watch([manager], {
    channels: [channel],
    rules: { 'provider.exhausted': { severity: 'warning' } },
  });
  await exhaust(manager, 100 * hourMs);
  await scene.clock.advance(hourMs);
  expect(watch.firing()).toHaveLength(1);
  expect(arrived).toEqual([]);
});
