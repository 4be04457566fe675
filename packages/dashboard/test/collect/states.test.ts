import { describe, expect, it } from 'vitest';
import { hourMs, keyOf, minuteMs, outFor, refused, Scene, secondMs } from './scene.ts';

describe('the state of a key', () => {
  it('is that of the status, with its reason and end', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b', 'c', 'd', 'e']);
    scene.watch([manager]);
    const startMs = scene.clock.now();
    await scene.call(manager, { a: refused, b: outFor(minuteMs), c: { kind: 'transient' } });
    manager.disable(keyOf('e'));
    const { a, b, c, d, e } = scene.rows();
    expect(a).toMatchObject({ state: 'refused', reason: 'invalid-key', sinceMs: startMs });
    expect(b).toMatchObject({ state: 'cooling', reason: 'rate-limited', untilMs: startMs + minuteMs });
    expect(c).toMatchObject({ state: 'suspect', reason: 'transient' });
    expect(d).toMatchObject({ state: 'healthy' });
    expect(d).not.toHaveProperty('reason');
    expect(d).not.toHaveProperty('sinceMs');
    expect(e).toMatchObject({ state: 'off', reason: 'operator' });
    await scene.clock.advance(minuteMs);
    expect(scene.rows().b).toMatchObject({ state: 'recovering', sinceMs: startMs + minuteMs });
  });

  it('says since when, also if no event has said it', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b']);
    scene.watch([manager]);
    const startMs = scene.clock.now();
    await scene.clock.advance(3 * secondMs);
    await scene.call(manager, { a: { kind: 'transient' } });
    expect(scene.rows().a).toMatchObject({ state: 'suspect', sinceMs: startMs + 3 * secondMs });
    const { untilMs } = scene.rows().a ?? {};
    await scene.clock.advance(5 * minuteMs);
    expect(untilMs).toBeGreaterThan(startMs);
    expect(scene.rows().a).toMatchObject({ state: 'recovering', sinceMs: untilMs });
  });

  it('names who has switched a key off, until it is on again', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b']);
    scene.watch([manager]);
    manager.disable(keyOf('a'), { actor: 'ana' });
    expect(scene.rows().a).toMatchObject({ state: 'off', actor: 'ana' });
    await scene.clock.advance(hourMs);
    expect(scene.rows().a).toMatchObject({ state: 'off', actor: 'ana' });
    manager.enable(keyOf('a'));
    await scene.clock.advance(secondMs);
    expect(scene.rows().a?.state).toBe('healthy');
    expect(scene.rows().a).not.toHaveProperty('actor');
  });

  it('is full at a limit of the whole key', async () => {
    const scene = new Scene();
    const manager = scene.manager([{ label: 'a', limits: { requestsPerMinute: 2 } }, 'b']);
    scene.watch([manager]);
    for (let calls = 0; calls < 3; calls++) await scene.call(manager);
    const { a, b } = scene.rows();
    expect(a).toMatchObject({ state: 'full', reason: 'requestsPerMinute', limit: { used: 2, limit: 2 } });
    expect(a?.untilMs).toBeGreaterThan(scene.clock.now() + 55 * secondMs);
    expect(b?.state).toBe('healthy');
    await scene.clock.advance(2 * minuteMs);
    expect(scene.rows().a?.state).toBe('healthy');
  });

  it('is not full while it only runs as many attempts as it may', async () => {
    const scene = new Scene();
    const manager = scene.manager([{ label: 'a', limits: { concurrency: 1 } }]);
    scene.watch([manager]);
    const made = manager.retryWithFallback(() => scene.clock.sleep(5 * secondMs));
    await scene.clock.advance(secondMs);
    expect(scene.rows().a).toMatchObject({ state: 'healthy', running: 1 });
    expect(scene.rows().a?.lane.states.at(-1)).toBe('h');
    expect(scene.overview().totals).toMatchObject({ usable: 1, total: 1 });
    await scene.clock.advance(5 * secondMs);
    await made;
  });

  it('is not that of a bucket', async () => {
    const scene = new Scene();
    const manager = scene.manager([
      { label: 'a', limits: { buckets: { search: { requestsPerDay: 1 } } } },
      { label: 'b', group: 'team' },
    ]);
    scene.watch([manager]);
    await scene.fillBucket(manager, 'upload');
    await manager.retryWithFallback(() => 'answer', { operation: 'search' });
    await scene.clock.advance(secondMs);
    expect(scene.rows().a).toMatchObject({ state: 'healthy' });
    expect(scene.rows().a?.lane.states.at(-1)).toBe('h');
    const { buckets } = scene.provider();
    expect(buckets?.names).toEqual(['search', 'upload']);
    expect(buckets?.keys).toMatchObject([
      {
        label: 'a',
        whole: { state: 'healthy' },
        byName: { upload: { state: 'cooling' }, search: { state: 'full', reason: 'requestsPerDay' } },
      },
      { label: 'b', group: 'team', whole: { state: 'healthy' }, byName: { upload: { state: 'cooling' } } },
    ]);
  });

  it('counts like health(): keys that are switched off are neither usable nor missing', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b', 'c', 'd']);
    scene.watch([manager]);
    manager.disable(keyOf('d'));
    await scene.call(manager, { a: outFor(minuteMs) });
    expect(scene.overview().pools.rows.acme).toMatchObject({
      health: 'ok',
      usable: 2,
      total: 3,
      keys: 4,
      counts: { refused: 0, cooling: 1, off: 1, suspect: 0, full: 0, recovering: 0, healthy: 2 },
    });
  });
});

describe('the key that comes next', () => {
  it('is marked if it is clear', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b', 'c']);
    scene.watch([manager]);
    expect(scene.rows()).toMatchObject({ a: { isNext: true } });
    await scene.call(manager, { a: outFor(minuteMs) });
    await scene.clock.advance(secondMs);
    expect(Object.values(scene.rows()).map(({ isNext }) => isNext)).toEqual([undefined, true, undefined]);
    manager.prefer(keyOf('c'));
    await scene.clock.advance(secondMs);
    expect(Object.values(scene.rows()).map(({ isNext }) => isNext)).toEqual([undefined, undefined, true]);
  });

  it('is not marked if each call takes another one', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b', 'c'], { strategy: 'round-robin' });
    scene.watch([manager]);
    for (let calls = 0; calls < 6; calls++) {
      await scene.call(manager);
      await scene.clock.advance(secondMs);
      expect(Object.values(scene.rows()).every(({ isNext }) => isNext === undefined)).toBe(true);
    }
  });
});
