import { describe, expect, it } from 'vitest';
import { hourMs, labels, minuteMs, outFor, Scene, secondMs } from '../collect/scene.ts';

/** A manager of which a call can take as long as it should. */
function slowScene() {
  const scene = new Scene();
  const manager = scene.manager(['a', 'b']);
  scene.watch([manager]);
  const callFor = async (ms: number) => {
    const made = manager.retryWithFallback(() => scene.clock.sleep(ms));
    await scene.clock.advance(ms);
    await made;
  };
  return { scene, manager, callFor };
}

describe('series', () => {
  it('have all points of a range, the running one last', async () => {
    const scene = new Scene('2026-03-02T12:07:31Z');
    scene.watch([scene.manager(['a'])]);
    const at = (time: string) => Date.parse(`2026-03-02T${time}Z`);
    for (const [range, stepMs, points, last] of [
      ['10m', 10 * secondMs, 60, '12:07:20'],
      ['1h', minuteMs, 60, '12:07:00'],
      ['24h', 15 * minuteMs, 96, '12:00:00'],
    ] as const) {
      const { series } = scene.provider(`&range=${range}`);
      expect(series).toMatchObject({ stepMs, lastAtMs: at(last), failures: {} });
      for (const list of [series.ok, series.p50, series.p95, series.p99]) expect(list).toHaveLength(points);
      expect(series.ok.every((count) => count === 0)).toBe(true);
      expect(series.p50.every((ms) => ms === -1)).toBe(true);
    }
  });

  it('say where the history begins', async () => {
    const scene = new Scene();
    scene.watch([scene.manager(['a'])]);
    expect(scene.provider('&range=1h').series.firstIndex).toBe(60);
    await scene.clock.advance(10 * secondMs);
    expect(scene.provider('&range=1h').series.firstIndex).toBe(59);
    await scene.clock.advance(5 * minuteMs);
    expect(scene.provider('&range=1h').series.firstIndex).toBe(54);
    await scene.clock.advance(2 * hourMs);
    expect(scene.provider('&range=1h').series.firstIndex).toBe(0);
  });

  it('change once in 10 s only', async () => {
    const { scene, manager } = slowScene();
    await scene.clock.advance(11 * secondMs);
    const before = scene.provider().series;
    await scene.call(manager, { a: outFor(minuteMs) });
    await scene.clock.advance(8 * secondMs);
    expect(scene.provider().series).toEqual(before);
    await scene.clock.advance(secondMs);
    const { ok, failures } = scene.provider().series;
    expect([ok.at(-1), failures]).toEqual([1, { 'rate-limited': [...Array.from({ length: 59 }, () => 0), 1] }]);
  });

  it('count attempts by how they ended, in all ranges', async () => {
    const { scene, manager } = slowScene();
    await scene.call(manager);
    await scene.call(manager, { a: { kind: 'transient' } });
    await scene.clock.advance(10 * secondMs);
    await scene.call(manager);
    await scene.clock.advance(10 * secondMs);
    expect(scene.provider('&range=10m').series.ok.slice(-3)).toEqual([0, 2, 1]);
    expect(scene.provider('&range=10m').series.failures.transient?.slice(-3)).toEqual([0, 1, 0]);
    expect(scene.provider('&range=1h').series.ok.slice(-2)).toEqual([0, 3]);
    expect(scene.provider('&range=24h').series.ok.slice(-2)).toEqual([0, 3]);
    await scene.clock.advance(minuteMs);
    expect(scene.provider('&range=1h').series.ok.slice(-3)).toEqual([0, 3, 0]);
  });

  it('have the durations of calls, also of failed ones', async () => {
    const { scene, callFor } = slowScene();
    for (const ms of [100, 100, 100, 900]) await callFor(ms);
    await scene.clock.advance(10 * secondMs);
    const { p50, p95, p99 } = scene.provider('&range=10m').series;
    expect(Math.abs((p50.at(-1) ?? 0) - 100)).toBeLessThanOrEqual(1);
    for (const list of [p95, p99]) expect(Math.abs((list.at(-1) ?? 0) - 900)).toBeLessThanOrEqual(9);
    expect(p99.at(-2)).toBe(-1);
    expect(scene.provider('&range=1h').series.p95.at(-1)).toBe(p95.at(-1));
  });

  it('forget what is older than their range', async () => {
    const { scene, manager } = slowScene();
    await scene.call(manager);
    await scene.clock.advance(25 * hourMs);
    for (const range of ['10m', '1h', '24h']) {
      expect(scene.provider(`&range=${range}`).series.ok.every((count) => count === 0)).toBe(true);
    }
  });

  it('keep the day across midnight', async () => {
    const scene = new Scene('2026-03-02T23:50:00Z');
    const manager = scene.manager(['a']);
    scene.watch([manager]);
    await scene.call(manager);
    await scene.clock.advance(15 * minuteMs);
    await scene.call(manager);
    await scene.clock.advance(10 * secondMs);
    expect(scene.provider('&range=24h').series.ok.slice(-3)).toEqual([0, 1, 1]);
  });

  it('survive a clock that is set forward and back', async () => {
    const { scene, manager } = slowScene();
    await scene.call(manager);
    await scene.clock.advance(10 * secondMs);
    scene.clock.jump(5 * minuteMs);
    await scene.clock.advance(10 * secondMs);
    await scene.call(manager);
    await scene.clock.advance(10 * secondMs);
    expect(scene.provider('&range=1h').series.ok.slice(-6)).toEqual([1, 0, 0, 0, 0, 1]);
    scene.clock.jump(-5 * minuteMs);
    await scene.clock.advance(10 * secondMs);
    await scene.call(manager);
    await scene.clock.advance(10 * secondMs);
    const { ok, lastAtMs } = scene.provider('&range=1h').series;
    expect(lastAtMs).toBeLessThanOrEqual(scene.clock.now());
    expect(ok.at(-1)).toBe(2);
  });

  it('count nothing when totals have become less', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b']);
    scene.watch([manager]);
    await scene.call(manager);
    await scene.call(manager);
    expect(scene.rows().a?.attempts).toBe(2);
    const { status } = manager;
    // As after a store has lost its data.
    manager.status = () => {
      const now = status.call(manager);
      const [a, b] = now.keys;
      return { ...now, keys: [{ ...a!, usage: { ...a!.usage, successes: 0 } }, b!] };
    };
    await scene.call(manager, { a: outFor(minuteMs) });
    expect(scene.rows()).toMatchObject({ a: { attempts: 3, failed: 1 }, b: { attempts: 1 } });
    await scene.clock.advance(10 * secondMs);
    expect(scene.provider('&range=10m').series.ok.at(-1)).toBe(3);
  });

  it('belong to the pools that were used last, if there are too many', async () => {
    const scene = new Scene();
    const pools = labels(501).map((pool) => scene.manager(['a'], { pool }));
    scene.watch(pools);
    const callAll = () => Promise.all(pools.map((pool) => pool.retryWithFallback(() => 'answer')));
    const countOf = (pool: string) => scene.provider(`&pool=${pool}`).series.ok.reduce((sum, count) => sum + count);
    await callAll();
    await scene.clock.advance(minuteMs);
    await callAll();
    await scene.clock.advance(minuteMs);
    // While the others are in use, none of them loses its series.
    expect(['key1', 'key2', 'key501'].map(countOf)).toEqual([2, 2, 0]);
    await scene.clock.advance(minuteMs);
    await scene.call(pools[500]!);
    await scene.clock.advance(minuteMs);
    expect(['key1', 'key2', 'key501'].map(countOf)).toEqual([0, 2, 1]);
  });
});
