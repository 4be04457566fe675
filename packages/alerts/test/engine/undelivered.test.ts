import type { Notification } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { exhaust, hourMs, minuteMs, Scene } from '../scene.ts';

it('sends again what no channel has delivered, within the limit of the hour', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main']);
  const arrived: Notification[] = [];
  const tried = new Set<string>();
  let isAway = true;
  const channel = (notification: Notification) => {
    tried.add(notification.id);
    if (isAway) throw new Error('Connection refused.');
    arrived.push(notification);
  };
  scene.watch([manager], { channels: [channel] });
  await exhaust(manager, 100 * hourMs);
  await scene.clock.advance(hourMs);
  expect(tried.size).toBe(5);
  await scene.clock.advance(2 * hourMs);
  expect(tried.size).toBeLessThanOrEqual(15);
  isAway = false;
  await scene.clock.advance(hourMs + minuteMs);
  expect(arrived).toMatchObject([{ kind: 'alert', alerts: [{ rule: 'provider.exhausted', state: 'firing' }] }]);
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
