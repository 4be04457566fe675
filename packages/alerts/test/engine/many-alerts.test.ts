import { describeNotification, type Notification } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { call, hourMs, minuteMs, Scene, type KeyOutcome } from '../scene.ts';

const refused: KeyOutcome = { kind: 'invalid-key', recheckAfterMs: 1000 * hourMs };

it('says how many alerts there are, also if they are too many for a message', async () => {
  const scene = new Scene();
  const labels = Array.from({ length: 130 }, (_, index) => `key${index}`);
  const manager = scene.manager(labels);
  scene.watch([manager]);
  await call(manager, Object.fromEntries(labels.slice(0, 120).map((label) => [label, refused])));
  await scene.clock.advance(minuteMs);
  const [notification] = scene.sent as [Notification];
  expect(notification.alerts).toHaveLength(100);
  expect(notification.alertCount).toBe(120);
  const { title, sections } = describeNotification(notification);
  expect(title).toMatch(/ \(and 119 more\)$/);
  expect(sections.map(({ text }) => text)).toContain('And 112 more problems.');
});
