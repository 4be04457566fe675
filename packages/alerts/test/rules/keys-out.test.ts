import { describeNotification } from '@api-key-fallback/alerts';
import { describe, expect, it } from 'vitest';
import { call, exhaust, firing, hourMs, keyOf, minuteMs, outForAnHour, refused, Scene, secondMs } from '../scene.ts';

describe('provider.exhausted', () => {
  it('fires when all keys are out, says when the first is back, and mutes what it makes obvious', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main', 'spare', 'third']);
    await call(manager, { main: refused, spare: outForAnHour, third: { ...outForAnHour, retryAfterMs: 2 * hourMs } });
    expect(await firing(scene, manager)).toEqual([['provider.exhausted', 'critical']]);
    const watch = scene.watch([manager]);
    await scene.clock.advance(minuteMs);
    const [alert] = watch.firing();
    expect(alert).toMatchObject({ usable: 0, total: 3, displayName: 'Acme', pool: 'default' });
    expect(alert?.keys.map(({ label, reason }) => [label, reason])).toEqual([
      ['main', 'invalid-key'],
      ['spare', 'rate-limited'],
      ['third', 'rate-limited'],
    ]);
    const [, spare] = alert?.keys ?? [];
    expect(alert?.backAtMs).toBe(spare?.availableAtMs);
  });

  it('is critical for one key too, and can be switched off', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main']);
    await exhaust(manager, hourMs);
    expect(await firing(scene, manager)).toEqual([['provider.exhausted', 'critical']]);
    expect(await firing(scene, manager, { 'provider.exhausted': false })).toEqual([]);
    expect(await firing(scene, manager, { 'provider.exhausted': { severity: 'info' } })).toEqual([
      ['provider.exhausted', 'info'],
    ]);
    expect(await firing(scene, manager, { 'provider.exhausted': { forMs: 10 * minuteMs } })).toEqual([]);
  });

  it('does not count keys that an operator has disabled', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main', 'spare']);
    manager.disable(keyOf('main'));
    manager.disable(keyOf('spare'));
    expect(await firing(scene, manager)).toEqual([]);
    manager.enable(keyOf('main'));
    await exhaust(manager, hourMs);
    expect(await firing(scene, manager)).toEqual([['provider.exhausted', 'critical']]);
  });

  it('counts keys whose day is used up, but not those that have room within a minute', async () => {
    const scene = new Scene();
    const [daily, minutely] = [
      scene.manager(['main'], { limits: { requestsPerDay: 1 } }),
      scene.manager(['main'], { limits: { requestsPerMinute: 1 }, pool: 'minutely' }),
    ];
    scene.watch([minutely]);
    for (let second = 0; second < 300; second++) {
      void call(minutely);
      await scene.clock.advance(secondMs);
    }
    expect(scene.take()).toEqual([]);
    await call(daily);
    expect(await firing(scene, daily, { 'quota.high': false })).toEqual([['provider.exhausted', 'critical']]);
  });
});

it('provider.exhausted fires when the keys could never be loaded, so that there are none', async () => {
  const scene = new Scene();
  let isBroken = true;
  const manager = scene.sourced(() => {
    if (isBroken) throw new Error('The vault is sealed.');
    return ['main'];
  });
  const watch = scene.watch([manager]);
  await scene.clock.advance(minuteMs);
  expect(watch.firing()).toEqual([]);
  await call(manager);
  await scene.clock.advance(90 * secondMs);
  expect(watch.firing()).toMatchObject([
    { rule: 'provider.exhausted', severity: 'critical', keys: [], usable: 0, total: 0 },
    { rule: 'source.stale' },
  ]);
  for (const { title, sections } of scene.sent.map((notification) => describeNotification(notification))) {
    const text = sections.map((section) => section.text).join('\n');
    expect(title).toContain('Acme: no key left');
    expect(text).toContain('Calls fail: there are no keys yet.');
    expect(text).not.toContain('with the last keys');
  }
  isBroken = false;
  await scene.clock.advance(30 * minuteMs);
  await call(manager);
  await scene.clock.advance(3 * minuteMs);
  expect(watch.firing()).toEqual([]);
});

it('provider.exhausted lasts while all keys are refused, although no call tries them again', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  const watch = scene.watch([manager]);
  await call(manager, { main: refused, spare: refused });
  await scene.clock.advance(3 * hourMs);
  expect(manager.status().keys.map(({ state }) => state)).toEqual(['recovering', 'recovering']);
  expect(watch.firing()).toMatchObject([{ rule: 'provider.exhausted', usable: 0, total: 2 }]);
  await call(manager);
  await scene.clock.advance(3 * minuteMs);
  expect(watch.firing().map(({ rule }) => rule)).toEqual(['last.key', 'key.invalid']);
});

describe('last.key', () => {
  it('fires when one of several keys is left for a minute', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main', 'spare', 'third']);
    await call(manager, { main: outForAnHour });
    expect(await firing(scene, manager)).toEqual([]);
    await call(manager, { spare: outForAnHour });
    expect(await firing(scene, manager)).toEqual([['last.key', 'warning']]);
    expect(await firing(scene, manager, { 'last.key': false })).toEqual([]);
  });

  it('is no news for a pool of one key, or one that an operator has left', async () => {
    const scene = new Scene();
    const [single, reduced] = [scene.manager(['main']), scene.manager(['main', 'spare'], { pool: 'reduced' })];
    reduced.disable(keyOf('main'));
    expect(await firing(scene, single)).toEqual([]);
    expect(await firing(scene, reduced)).toEqual([]);
  });

  it.each([
    [
      'of two keys, one has a single 429',
      ['main', 'spare'],
      { main: { kind: 'rate-limited', retryAfterMs: 2 * minuteMs } },
    ],
    [
      'of three keys, one is refused and one cools',
      ['main', 'spare', 'third'],
      { main: refused, spare: { kind: 'rate-limited', retryAfterMs: 9 * minuteMs } },
    ],
  ] as const)('does not fire for a key that is back by itself within 10 minutes: %s', async (_, labels, failing) => {
    const scene = new Scene();
    const manager = scene.manager(labels);
    scene.watch([manager], { rules: { 'key.invalid': false } });
    await call(manager, failing);
    for (let minute = 0; minute < 30; minute++) {
      await scene.clock.advance(minuteMs);
      await call(manager);
    }
    expect(scene.take()).toEqual([]);
  });

  it('fires after a minute for a key that is refused', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main', 'spare']);
    await call(manager, { main: refused });
    expect(await firing(scene, manager, { 'key.invalid': false })).toEqual([['last.key', 'warning']]);
  });

  it('fires for a key that is out for 10 minutes by one short cooldown after another', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main', 'spare']);
    const watch = scene.watch([manager]);
    const cooling = { kind: 'rate-limited', retryAfterMs: 90 * secondMs } as const;
    for (let minute = 0; minute < 10; minute++) {
      await call(manager, { main: cooling });
      await scene.clock.advance(minuteMs);
    }
    expect(watch.firing()).toEqual([]);
    await call(manager, { main: cooling });
    await scene.clock.advance(minuteMs);
    expect(watch.firing()).toMatchObject([{ rule: 'last.key' }]);
  });

  it('fires although the other key seems to be back between its failures', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main', 'spare'], { strategy: 'round-robin' });
    const watch = scene.watch([manager]);
    for (let round = 0; round < 66; round++) {
      await call(manager, { main: { kind: 'rate-limited', retryAfterMs: 5 * secondMs } });
      await scene.clock.advance(10 * secondMs);
    }
    expect(watch.firing()).toMatchObject([{ rule: 'last.key' }]);
  });
});
