import { MemoryStore, type KeyStateStore } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { hourMs, minuteMs, outFor, Scene, secondMs } from '../collect/scene.ts';

/** Two processes that share a store, as far as their managers know; the dashboard is in the first. */
async function sharedScene(before: readonly string[] = []) {
  const scene = new Scene();
  const store = new MemoryStore();
  const [mine, others] = [scene.manager(['a', 'b'], { store }), scene.manager(['a', 'b'], { store })];
  for (const _ of before) await scene.call(others);
  await scene.clock.advance(minuteMs);
  scene.watch([mine]);
  await scene.clock.advance(minuteMs);
  return { scene, store, mine, others };
}

describe('a pool with a store', () => {
  it('is named in the frame of all pages', async () => {
    const { scene } = await sharedScene();
    const { store } = scene.document('page=events').frame;
    expect(store).toMatchObject({ kind: 'memory' });
    expect(store).not.toHaveProperty('isPartial');
    expect(store).not.toHaveProperty('awaySinceMs');
  });

  it('may be one of several', () => {
    const scene = new Scene();
    scene.watch([scene.manager(['a'], { store: new MemoryStore() }), scene.manager(['b'], { pool: 'batch' })]);
    expect(scene.document('page=events').frame.store).toMatchObject({ isPartial: true });
  });

  it('shows what other processes do', async () => {
    const { scene, others } = await sharedScene();
    // The first numbers of other processes are those of all time.
    await scene.call(others);
    await scene.clock.advance(minuteMs);
    expect(scene.rows().a).toMatchObject({ attempts: 0 });
    await scene.call(others, { a: outFor(hourMs) });
    await scene.clock.advance(secondMs);
    expect(scene.rows().a).toMatchObject({ state: 'cooling' });
    expect(scene.feed('&kinds=health')).toEqual(['key.cooled-down a']);
    await scene.clock.advance(minuteMs);
    expect(scene.rows().a).toMatchObject({ attempts: 1, failed: 1 });
  });

  it('does not count what other processes have done before', async () => {
    const { scene } = await sharedScene(Array.from({ length: 50 }, () => 'call'));
    await scene.clock.advance(minuteMs);
    expect(scene.rows().a).toMatchObject({ attempts: 0 });
  });

  it('says since when its store is away', async () => {
    const scene = new Scene();
    const memory = new MemoryStore();
    let isAway = false;
    const store = new Proxy<KeyStateStore>(memory, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          const result: unknown = Reflect.apply(value, target, args);
          if (typeof result !== 'object' || result === null) return result;
          return new Proxy(result, {
            get(pool, member) {
              const method: unknown = Reflect.get(pool, member);
              if (typeof method !== 'function') return method;
              return (...given: unknown[]) => {
                if (isAway) throw new Error('away');
                return Reflect.apply(method, pool, given) as unknown;
              };
            },
          });
        };
      },
    });
    const manager = scene.manager(['a'], { store });
    scene.watch([manager]);
    await scene.clock.advance(minuteMs);
    isAway = true;
    await scene.call(manager);
    await scene.clock.advance(2 * minuteMs);
    const { store: shown } = scene.document('page=events').frame;
    expect(shown?.awaySinceMs).toBeGreaterThan(scene.clock.now() - 3 * minuteMs);
    expect(scene.feed('&kinds=store')).toEqual(['store.failed']);
    isAway = false;
    await scene.clock.advance(5 * minuteMs);
    expect(scene.document('page=events').frame.store).not.toHaveProperty('awaySinceMs');
    expect(scene.feed('&kinds=store')).toEqual(['store.recovered', 'store.failed']);
  });
});
