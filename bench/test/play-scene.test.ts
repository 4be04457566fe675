import { describe, expect, it } from 'vitest';
import { fate } from '../goodput/behaviour.ts';
import { playScene } from '../goodput/play-scene.ts';
import { perMinute, type Scene } from '../goodput/scene.ts';
import { inOrder, otherSchemes, ourSchemes } from '../goodput/schemes.ts';

const scene: Scene = { name: 'noise', traffic: perMinute(60), provider: fate({ status: 503 }, { share: 0.1 }) };

describe('playScene', () => {
  it.each([...ourSchemes, ...otherSchemes])('counts every call and every request of $name', async (scheme) => {
    const { calls, requestsPerCall, servedPercent, refused } = await playScene(scene, scheme, 1);
    expect(calls).toBe(600);
    expect(servedPercent).toBeGreaterThan(95);
    expect(Math.round(requestsPerCall * calls)).toBe(Math.round((servedPercent / 100) * calls) + refused);
  });

  it('plays the same run for the same seed', async () => {
    const [first, again, other] = [
      await playScene(scene, inOrder, 1),
      await playScene(scene, inOrder, 1),
      await playScene(scene, inOrder, 2),
    ];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('restores the real clock and timers', async () => {
    const before = { setTimeout, setImmediate, Date, random: Math.random };
    await playScene(scene, inOrder, 1);
    expect({ setTimeout, setImmediate, Date, random: Math.random }).toEqual(before);
  });
});
