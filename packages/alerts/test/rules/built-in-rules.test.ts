import { describe, expect, it } from 'vitest';
import {
  call,
  exhaust,
  firing,
  heal,
  hourMs,
  keyOf,
  minuteMs,
  outForAnHour,
  refused,
  Scene,
  secondMs,
} from '../scene.ts';
import { SwitchableStore } from './switchable-store.ts';

describe('key.invalid', () => {
  it('fires at once, for each key that the provider refuses', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main', 'spare', 'third', 'fourth']);
    const watch = scene.watch([manager]);
    await call(manager, { main: refused, spare: refused });
    await scene.clock.advance(secondMs);
    expect(watch.firing().map(({ rule, keys }) => [rule, ...keys.map(({ label }) => label)])).toEqual([
      ['key.invalid', 'main'],
      ['key.invalid', 'spare'],
    ]);
    expect(await firing(scene, manager, { 'key.invalid': false })).toEqual([]);
  });

  it('lasts until the provider takes the key, the list drops it, or an operator disables it', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main', 'spare', 'third', 'fourth']);
    const watch = scene.watch([manager]);
    await call(manager, { main: refused, spare: refused });
    await scene.clock.advance(6 * hourMs);
    expect(watch.firing()).toHaveLength(2);
    manager.disable(keyOf('main'));
    await call(manager);
    await scene.clock.advance(2 * minuteMs);
    expect(watch.firing()).toEqual([]);
  });

  it('does not fire for a key that an operator has disabled', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main', 'spare', 'third']);
    manager.disable(keyOf('main'));
    expect(await firing(scene, manager)).toEqual([]);
  });
});

describe('quota.high', () => {
  it('fires when 90 % of the quota that all keys have for the day is used', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main', 'spare'], { limits: { requestsPerDay: 10 } });
    for (let number = 0; number < 17; number++) await call(manager);
    const rules = { 'last.key': false } as const;
    expect(await firing(scene, manager, rules)).toEqual([]);
    await call(manager);
    const resetsAtMs = Date.parse('2026-03-03T03:00:00Z');
    const values = { limit: 'requestsPerDay', used: 18, max: 20, share: 0.9, resetsAtMs };
    expect(await firing(scene, manager, rules)).toEqual([['quota.high', 'warning', values]]);
    expect(await firing(scene, manager, { ...rules, 'quota.high': { share: 0.95 } })).toEqual([]);
    expect(await firing(scene, manager, { ...rules, 'quota.high': false })).toEqual([]);
  });

  it('is sent once a day, without reminders, also if a key more has made room in between', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main'], { limits: { requestsPerDay: 10 } });
    scene.watch([manager], { rules: { 'provider.exhausted': false, 'last.key': false } });
    for (let number = 0; number < 9; number++) await call(manager);
    await scene.clock.advance(6 * hourMs);
    expect(scene.take()).toEqual(['00:00:10 alert warning: quota.high']);
    manager.setKeys([keyOf('main'), keyOf('spare')]);
    await scene.clock.advance(10 * minuteMs);
    expect(scene.take()).toEqual(['06:01:10 resolved warning: quota.high resolved']);
    for (let number = 0; number < 10; number++) await call(manager);
    await scene.clock.advance(9 * hourMs);
    expect(scene.take()).toEqual([]);
    for (let number = 0; number < 19; number++) await call(manager);
    await scene.clock.advance(minuteMs);
    expect(scene.take()).toEqual(['15:10:10 alert warning: quota.high']);
  });
});

describe('source.stale', () => {
  it('fires when the keys are older than 15 minutes, because the source cannot be read', async () => {
    const scene = new Scene();
    let isBroken = false;
    const manager = scene.sourced(() => {
      if (isBroken) throw new Error('The vault is sealed.');
      return ['main', 'spare'];
    });
    scene.watch([manager]);
    await call(manager);
    await scene.clock.advance(2 * hourMs);
    expect(scene.take()).toEqual([]);
    isBroken = true;
    await scene.clock.advance(hourMs);
    expect(scene.sent).toMatchObject([
      { alerts: [{ values: { source: expect.any(String), lastSuccessAtMs: expect.any(Number) } }] },
    ]);
    const [line] = scene.take();
    expect(line).toMatch(/^02:1\d:\d\d alert warning: source.stale$/);
    isBroken = false;
    await scene.clock.advance(hourMs);
    expect(scene.take()).toEqual([expect.stringMatching(/ resolved warning: source.stale resolved$/)]);
  });

  it('fires when there never were keys, and can be switched off', async () => {
    const scene = new Scene();
    const manager = scene.sourced(() => {
      throw new Error('The vault is sealed.');
    });
    await call(manager);
    const rules = { 'provider.exhausted': false } as const;
    expect(await firing(scene, manager, rules)).toEqual([['source.stale', 'warning', { source: expect.any(String) }]]);
    expect(await firing(scene, manager, { ...rules, 'source.stale': false })).toEqual([]);
  });
});

describe('store.away', () => {
  it('fires when the store has been away for a minute, also while all keys are out', async () => {
    const scene = new Scene();
    const store = new SwitchableStore();
    const manager = scene.manager(['main'], { store });
    await scene.clock.advance(minuteMs);
    store.isAway = true;
    await exhaust(manager, hourMs);
    await scene.clock.advance(minuteMs);
    expect(await firing(scene, manager)).toEqual([
      ['provider.exhausted', 'critical'],
      ['store.away', 'warning', { store: 'memory' }],
    ]);
    expect(await firing(scene, manager, { 'store.away': { forMs: hourMs } })).toEqual([
      ['provider.exhausted', 'critical'],
    ]);
    store.isAway = false;
  });
});

describe('keys.degraded', () => {
  it('is off, and fires when half of the keys are out if it is on', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main', 'spare', 'third', 'fourth']);
    await call(manager, { main: outForAnHour });
    expect(await firing(scene, manager, { 'keys.degraded': true })).toEqual([]);
    expect(await firing(scene, manager, { 'keys.degraded': { share: 0.25 } })).toEqual([
      ['keys.degraded', 'warning', { share: 0.25 }],
    ]);
    await call(manager, { spare: outForAnHour });
    expect(await firing(scene, manager)).toEqual([]);
    expect(await firing(scene, manager, { 'keys.degraded': true })).toEqual([
      ['keys.degraded', 'warning', { share: 0.5 }],
    ]);
  });
});

describe('failover.rate', () => {
  it('is off, and fires when many calls fall over in a short time if it is on', async () => {
    const scene = new Scene();
    const manager = scene.manager(['main', 'spare', 'third']);
    const [off, on] = [
      scene.watch([manager]),
      scene.watch([manager], { rules: { 'failover.rate': { count: 3, windowMs: minuteMs } } }),
    ];
    for (let number = 0; number < 3; number++) {
      await call(manager, { main: { kind: 'transient' } });
      heal(manager);
      await scene.clock.advance(10 * secondMs);
    }
    await scene.clock.advance(15 * secondMs);
    expect(off.firing()).toEqual([]);
    expect(on.firing()).toMatchObject([{ rule: 'failover.rate', values: { count: 3, windowMs: minuteMs } }]);
    await scene.clock.advance(3 * minuteMs);
    expect(on.firing()).toEqual([]);
  });
});
