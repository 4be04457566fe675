import { describe, expect, it } from 'vitest';
import { keyOf, minuteMs, outFor, refused, Scene, secondMs } from '../collect/scene.ts';

/** The last characters of the lane of a key. */
function laneOf(scene: Scene, label: string, minutes: number) {
  const { lane } = scene.rows()[label] ?? {};
  return { states: lane?.states.slice(-minutes), failures: lane?.failures.slice(-minutes) };
}

describe('lanes', () => {
  it('have one character for each of 60 minutes, and nothing of the time before', async () => {
    const scene = new Scene();
    scene.watch([scene.manager(['a'])]);
    await scene.clock.advance(2 * minuteMs);
    const { lane } = scene.rows().a ?? {};
    expect(lane?.minute).toBe(Math.floor(scene.clock.now() / minuteMs));
    expect(lane?.states).toBe(`${'-'.repeat(57)}hhh`);
    expect(lane?.failures).toBe('.'.repeat(60));
  });

  it('have the worst state of each minute', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b']);
    scene.watch([manager]);
    await scene.call(manager, { a: outFor(90 * secondMs) });
    await scene.clock.advance(3 * minuteMs);
    expect(laneOf(scene, 'a', 4).states).toBe('ccrr');
    await scene.call(manager);
    await scene.clock.advance(minuteMs);
    expect(laneOf(scene, 'a', 5).states).toBe('ccrrh');
    expect(laneOf(scene, 'b', 5).states).toBe('hhhhh');
  });

  it('show a cooldown that is over before anything was looked at', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b']);
    scene.watch([manager]);
    await scene.clock.advance(2 * secondMs);
    await scene.call(manager, { a: outFor(3 * secondMs) });
    await scene.clock.advance(4 * secondMs);
    await scene.call(manager);
    await scene.clock.advance(2 * minuteMs);
    expect(laneOf(scene, 'a', 3).states).toBe('chh');
  });

  it('have the share of failed attempts in tenths', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b']);
    scene.watch([manager]);
    for (let calls = 0; calls < 3; calls++) await scene.call(manager);
    await scene.call(manager, { a: { kind: 'transient' } });
    expect(laneOf(scene, 'a', 1).failures).toBe('2');
    await scene.clock.advance(minuteMs);
    manager.reset();
    await scene.call(manager, { a: refused });
    await scene.clock.advance(minuteMs);
    expect(laneOf(scene, 'a', 3).failures).toBe('2X.');
    expect(scene.rows().a).toMatchObject({ attempts: 5, failed: 2 });
    expect(scene.rows().b).toMatchObject({ attempts: 2, failed: 0 });
  });

  it('count attempts in the minute in which they ended, until an hour has passed', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a']);
    scene.watch([manager]);
    await scene.clock.advance(minuteMs - 1);
    await scene.call(manager);
    await scene.clock.advance(1);
    expect(laneOf(scene, 'a', 2).failures).toBe('0.');
    await scene.clock.advance(58 * minuteMs);
    expect(scene.rows().a).toMatchObject({ attempts: 1 });
    await scene.clock.advance(minuteMs);
    expect(scene.rows().a).toMatchObject({ attempts: 0, lane: { failures: '.'.repeat(60) } });
  });

  it('know nothing of the minutes that a clock has skipped, nor of those that come again', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a']);
    scene.watch([manager]);
    await scene.clock.advance(minuteMs);
    scene.clock.jump(3 * minuteMs);
    expect(laneOf(scene, 'a', 5).states).toBe('hh--h');
    scene.clock.jump(-4 * minuteMs);
    expect(laneOf(scene, 'a', 2).states).toBe('-h');
    await scene.clock.advance(minuteMs);
    expect(laneOf(scene, 'a', 3).states).toBe('-hh');
  });

  it('go with their keys when the list changes', async () => {
    const scene = new Scene();
    const manager = scene.manager(['a', 'b', 'c']);
    scene.watch([manager]);
    await scene.call(manager, { a: refused, b: outFor(minuteMs) });
    await scene.clock.advance(minuteMs);
    const [a, b] = ['a', 'b'].map((label) => ({ key: keyOf(label), label }));
    manager.setKeys([{ key: keyOf('new'), label: 'new' }, b!, a!]);
    expect(Object.keys(scene.rows())).toEqual(['new', 'b', 'a']);
    expect(laneOf(scene, 'new', 2).states).toBe('-h');
    expect(laneOf(scene, 'b', 2).states).toBe('cr');
    expect(laneOf(scene, 'a', 2)).toEqual({ states: 'xx', failures: 'X.' });
  });
});
