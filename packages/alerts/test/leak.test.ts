import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { hourMs, keyOf, minuteMs, Scene } from './scene.ts';

it('puts no key into alerts, notifications, deliveries, rules and log lines', async () => {
  const scene = new Scene();
  const refuseAll = (key: string) => Promise.reject(new Error(`The key ${key} is wrong.`));
  const manager = scene.manager(['main', 'spare']);
  const watch = scene.watch([manager], {
    extraRules: [
      {
        name: 'leaky.rule',
        evaluate: () => {
          throw new Error(`It quotes ${keyOf('main')}.`);
        },
      },
      { name: 'leaky.text', evaluate: () => `It quotes ${keyOf('spare')}.` },
      { name: 'leaky.pending', forMs: 2 * hourMs, evaluate: () => `It quotes ${keyOf('main')}.` },
    ],
    channels: [
      (notification) => void scene.sent.push(notification),
      () => Promise.reject(new Error(`POST https://hooks.example/T0A1B2C3?key=1 fails with ${keyOf('main')}.`)),
    ],
  });
  for (const ask of [(key: string) => (key === keyOf('main') ? refuseAll(key) : 'answer'), refuseAll]) {
    await manager
      .retryWithFallback(ask, { maxRetries: 1, classifyError: () => ({ kind: 'invalid-key', reason: 'wrong' }) })
      .catch(() => {});
    await scene.clock.advance(minuteMs);
  }
  const tested = watch.test();
  await scene.clock.advance(hourMs);
  const shown: (readonly unknown[])[] = [
    watch.firing(),
    watch.pending(),
    watch.muted(),
    watch.rules(),
    watch.channels(),
    watch.deliveries(),
    await tested,
  ];
  expect(shown.map(({ length }) => length > 0)).toEqual([true, true, true, true, true, true, true]);
  manager.reset();
  await scene.clock.advance(10 * minuteMs);
  const output = inspect([watch, shown, scene.sent, scene.logged], { depth: Infinity });
  expect(output).toContain('leaky.rule');
  expect(output).toContain('leaky.text');
  expect(output).toContain('is wrong');
  expect(output).toContain('leaky.pending');
  expect(output).not.toContain('0123456789ab');
  expect(output).not.toContain('T0A1B2C3');
});
