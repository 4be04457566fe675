import { registry } from '@api-key-fallback/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adapterOf, hourMs, minuteMs, outFor, Scene, secondMs } from './scene.ts';

function useRegistry(): void {
  onTestFinished(async () => {
    registry.unregister('acme');
    registry.unregister('other');
  });
}

describe('Collector', () => {
  it('shows the pools of the registry as they come and go', async () => {
    useRegistry();
    const scene = new Scene();
    registry.register(scene.manager(['a']));
    scene.watch();
    expect(scene.overview().pools.order).toEqual(['acme']);
    registry.register(scene.manager(['b'], { pool: 'batch' }));
    registry.register(scene.manager(['c'], {}, adapterOf('other', 'Other')));
    const { order, rows } = scene.overview().pools;
    expect(order).toEqual(['acme', 'acme/batch', 'other']);
    expect(order.map((id) => rows[id]?.displayName)).toEqual(['Acme', 'Acme · batch', 'Other']);
    registry.unregister('acme', 'batch');
    expect(scene.overview().pools.order).toEqual(['acme', 'other']);
    expect(scene.document('page=provider&provider=acme&pool=batch').page).toEqual({
      kind: 'unknown-pool',
      provider: 'acme',
      pool: 'batch',
    });
  });

  it('keeps the history of a pool whose manager is replaced', async () => {
    useRegistry();
    const scene = new Scene();
    const before = scene.manager(['a', 'b']);
    registry.register(before);
    const collector = scene.watch();
    await scene.call(before, { a: outFor(hourMs) });
    await scene.clock.advance(minuteMs);
    const after = scene.manager(['b', 'a']);
    registry.register(after, { replace: true });
    expect(collector.managerOf('acme', 'default')).toBe(after);
    expect(scene.rows()).toMatchObject({ a: { state: 'cooling', attempts: 1, failed: 1 }, b: { attempts: 1 } });
    expect(scene.rows().a?.lane.states.slice(-2)).toBe('cc');
    await scene.call(before);
    await scene.call(after);
    expect(scene.rows().b?.attempts).toBe(2);
    expect(scene.provider().reasons).toMatchObject([{ verdict: 'rate-limited', count: 1 }]);
  });

  it('remembers a pool that has gone and comes back', async () => {
    useRegistry();
    const scene = new Scene();
    const manager = scene.manager(['a']);
    registry.register(manager);
    scene.watch();
    await scene.call(manager);
    await scene.clock.advance(minuteMs);
    registry.unregister('acme');
    expect(scene.overview().pools.order).toEqual([]);
    await scene.clock.advance(2 * minuteMs);
    registry.register(manager);
    expect(scene.rows().a).toMatchObject({ attempts: 1 });
    expect(scene.rows().a?.lane.states.slice(-4)).toBe('hh-h');
  });

  it('leaves out a manager that cannot be read, and shows the others', async () => {
    const scene = new Scene();
    const [broken, fine] = [scene.manager(['a']), scene.manager(['b'], {}, adapterOf('other', 'Other'))];
    const { status } = broken;
    broken.status = () => {
      throw new Error('broken');
    };
    scene.watch([broken, fine]);
    await scene.clock.advance(minuteMs);
    expect(scene.overview().pools.order).toEqual(['other']);
    broken.status = status;
    expect(scene.overview().pools.order).toEqual(['acme', 'other']);
  });

  it('does not keep the process alive, and ends all that it has begun', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a']);
    const collector = scene.watch([manager]);
    expect([scene.clock.timers > 0, scene.clock.holdsProcess]).toEqual([true, false]);
    await scene.clock.advance(minuteMs);
    const { timers } = scene.clock;
    collector.close();
    expect(scene.clock.timers).toBe(timers - 1);
    manager.disable({ keyId: manager.status().keys[0]?.keyId ?? '' });
    expect(collector.feed.newest).toBe(0);
  });

  it('reads a manager once for several views, and again after a while', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a']);
    scene.watch([manager]);
    const { status } = manager;
    let reads = 0;
    manager.status = () => {
      reads++;
      return status.call(manager);
    };
    const build = () =>
      ['page=overview', 'page=events', 'page=provider&provider=acme'].map((view) => scene.document(view));
    await scene.clock.advance(secondMs);
    build();
    const once = reads;
    expect(once).toBeLessThanOrEqual(2);
    build();
    expect(reads).toBe(once);
    await scene.clock.advance(150);
    build();
    expect(reads).toBe(2 * once);
  });

  it('counts calls that fell over in the last hour', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b']);
    scene.watch([manager]);
    await scene.call(manager, { a: outFor(secondMs) });
    expect(scene.overview().totals.failovers).toBe(1);
    await scene.clock.advance(hourMs);
    expect(scene.overview().totals.failovers).toBe(0);
  });
});
