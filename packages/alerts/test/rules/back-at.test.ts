import { expect, it } from 'vitest';
import { call, hourMs, minuteMs, Scene } from '../scene.ts';

it('a pool is back when its first key cools no more, not when a refused key is tried once more', async () => {
  const scene = new Scene();
  const manager = scene.manager(['a', 'b']);
  const watch = scene.watch([manager]);
  const startMs = scene.clock.now();
  await call(manager, {
    a: { kind: 'invalid-key', recheckAfterMs: 5 * minuteMs },
    b: { kind: 'rate-limited', retryAfterMs: hourMs },
  });
  await scene.clock.advance(minuteMs);
  expect(watch.firing().map(({ rule, backAtMs }) => [rule, backAtMs])).toContainEqual([
    'provider.exhausted',
    startMs + hourMs,
  ]);
});

it('a pool of refused keys is not back by itself', async () => {
  const scene = new Scene();
  const manager = scene.manager(['a']);
  const watch = scene.watch([manager]);
  await call(manager, { a: { kind: 'invalid-key', recheckAfterMs: 5 * minuteMs } });
  await scene.clock.advance(minuteMs);
  expect(watch.firing()).toMatchObject([{ rule: 'provider.exhausted' }]);
  expect(watch.firing()[0]).not.toHaveProperty('backAtMs');
});
