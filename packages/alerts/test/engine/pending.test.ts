import { expect, it } from 'vitest';
import { call, exhaust, heal, hourMs, keyOf, minuteMs, outForAnHour, refused, Scene, secondMs } from '../scene.ts';

it('says what is wrong, since when, and when it fires', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  const watch = scene.watch([manager]);
  expect(watch.pending()).toEqual([]);
  await call(manager, { main: outForAnHour });
  await scene.clock.advance(10 * secondMs);
  expect(watch.firing()).toEqual([]);
  const startMs = Date.parse('2026-03-02T12:00:00Z');
  expect(watch.pending()).toEqual([
    {
      fingerprint: 'last.key/acme/default',
      rule: 'last.key',
      severity: 'warning',
      provider: 'acme',
      pool: 'default',
      displayName: 'Acme',
      state: 'pending',
      startsAtMs: expect.any(Number),
      firesAtMs: expect.any(Number),
      keys: [expect.objectContaining({ label: 'main', state: 'cooling' })],
      usable: 1,
      total: 2,
      backAtMs: expect.any(Number),
    },
  ]);
  const [{ startsAtMs, firesAtMs } = { startsAtMs: 0, firesAtMs: 0 }] = watch.pending();
  expect(startsAtMs).toBeLessThanOrEqual(startMs + secondMs);
  expect(firesAtMs).toBe(startsAtMs + minuteMs);
  await scene.clock.advance(firesAtMs - scene.clock.now() + secondMs);
  expect(watch.pending()).toEqual([]);
  expect(watch.firing()).toMatchObject([{ rule: 'last.key', state: 'firing', startsAtMs }]);
});

it('waits longer where the finding says so', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  const watch = scene.watch([manager]);
  await call(manager, { main: { kind: 'rate-limited', retryAfterMs: 2 * minuteMs } });
  await scene.clock.advance(secondMs);
  const [alert] = watch.pending();
  expect(alert).toMatchObject({ rule: 'last.key' });
  expect((alert?.firesAtMs ?? 0) - (alert?.startsAtMs ?? 0)).toBe(10 * minuteMs);
});

it('says nothing of what is over, or may be', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  const watch = scene.watch([manager], { rules: { 'provider.exhausted': { forMs: 5 * minuteMs }, 'last.key': false } });
  await exhaust(manager, minuteMs);
  await scene.clock.advance(30 * secondMs);
  expect(watch.pending()).toMatchObject([{ rule: 'provider.exhausted' }]);
  // The cooldowns have ended, and no call has tried the keys.
  await scene.clock.advance(minuteMs);
  expect(watch.pending()).toEqual([]);
  await exhaust(manager, hourMs);
  await scene.clock.advance(secondMs);
  expect(watch.pending()).toMatchObject([{ rule: 'provider.exhausted' }]);
  heal(manager);
  await scene.clock.advance(secondMs);
  expect(watch.pending()).toEqual([]);
});

it('says nothing of what waits for a worse alert of the pool', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  const watch = scene.watch([manager]);
  await call(manager, { main: outForAnHour });
  await scene.clock.advance(2 * secondMs);
  expect(watch.pending()).toMatchObject([{ rule: 'last.key' }]);
  await exhaust(manager, hourMs);
  await scene.clock.advance(2 * secondMs);
  expect(watch.pending().map(({ rule }) => rule)).toEqual(['provider.exhausted']);
  await scene.clock.advance(minuteMs);
  expect(watch.pending()).toEqual([]);
});

it('says which alerts a worse one makes obvious', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare', 'third']);
  const watch = scene.watch([manager]);
  await call(manager, { main: refused });
  await scene.clock.advance(minuteMs);
  expect(watch.muted()).toEqual([]);
  const [invalid] = watch.firing();
  await exhaust(manager, hourMs);
  await scene.clock.advance(minuteMs);
  expect(watch.firing().map(({ rule }) => rule)).toEqual(['provider.exhausted']);
  expect(watch.muted()).toEqual([{ ...invalid, mutedBy: 'provider.exhausted' }]);
  manager.enable(keyOf('third'));
  await scene.clock.advance(2 * minuteMs);
  expect(watch.muted()).toEqual([]);
  expect(watch.firing().map(({ rule }) => rule)).toContain('key.invalid');
});

it('has nothing left when the watch is closed', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  const watch = scene.watch([manager]);
  await call(manager, { main: outForAnHour });
  await scene.clock.advance(secondMs);
  expect(watch.pending()).toHaveLength(1);
  const closed = watch.close();
  await scene.clock.advance(5 * secondMs);
  await closed;
  expect([watch.pending(), watch.muted()]).toEqual([[], []]);
});
