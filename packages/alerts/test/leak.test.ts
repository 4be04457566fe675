import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { hourMs, keyOf, minuteMs, Scene } from './scene.ts';

it('puts no key into alerts, notifications and log lines', async () => {
  const scene = new Scene();
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
    ],
  });
  await manager
    .retryWithFallback((key) => Promise.reject(new Error(`The key ${key} is wrong.`)), {
      maxRetries: 1,
      classifyError: () => ({ kind: 'invalid-key', reason: 'wrong' }),
    })
    .catch(() => {});
  await scene.clock.advance(hourMs);
  manager.reset();
  await scene.clock.advance(10 * minuteMs);
  const output = inspect([watch, watch.firing(), scene.sent, scene.logged], { depth: Infinity });
  expect(output).toContain('leaky.rule');
  expect(output).toContain('leaky.text');
  expect(output).toContain('is wrong');
  expect(output).not.toContain('0123456789ab');
});
