import type { ApiKeyManager } from '@api-key-fallback/core';
import { expect, it } from 'vitest';
import { call, exhaust, heal, hourMs, minuteMs, Scene, secondMs } from '../scene.ts';

/** All keys are out for some minutes, and fine for some minutes, over and over. */
async function flap(
  scene: Scene,
  manager: ApiKeyManager,
  outMs: number,
  fineMs: number,
  lengthMs: number,
): Promise<void> {
  for (let time = 0; time < lengthMs; time += outMs + fineMs) {
    await exhaust(manager, hourMs);
    await scene.clock.advance(outMs);
    heal(manager);
    await call(manager);
    await scene.clock.advance(fineMs);
  }
}

it('sends five messages in an hour, the end of an outage once more, and then a summary at its end', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  scene.watch([manager]);
  await flap(scene, manager, 5 * minuteMs, 5 * minuteMs, 70 * minuteMs);
  expect(scene.take()).toEqual([
    '00:00:25 alert critical: provider.exhausted',
    '00:06:10 resolved critical: provider.exhausted resolved',
    '00:10:25 alert critical: provider.exhausted',
    '00:16:10 resolved critical: provider.exhausted resolved',
    '00:20:25 alert critical: provider.exhausted',
    '00:26:10 resolved critical: provider.exhausted resolved',
    // The four outages after that. The ends of outages that were not sent are no news.
    '01:00:25 summary critical x4: provider.exhausted',
    '01:06:10 resolved critical: provider.exhausted resolved',
  ]);
});

it('sends six or seven messages an hour about keys that flap for a day', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  scene.watch([manager]);
  await flap(scene, manager, 5 * minuteMs, 5 * minuteMs, 24 * hourMs);
  // Each ten minutes they are alerted of after 25 s, and fine again after 6 min 10 s. An hour begins with its first message and ends
  // with the summary. The next one begins 5 min 45 s or 4 min 15 s later, in turn: two in 130 minutes, and 22 in 23 h 50 min. The
  // fifth message of every other hour is about an outage, and so the end of that one is sent too.
  const lines = scene.take();
  expect(lines.filter((line) => line.includes(' summary '))).toHaveLength(22);
  expect(lines).toHaveLength(22 * 6 + 11 + 2);
});

it('says at once that an outage is over, although the hour has had its five messages', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  scene.watch([manager]);
  await flap(scene, manager, 5 * minuteMs, 5 * minuteMs, 30 * minuteMs);
  await scene.clock.advance(2 * hourMs);
  expect(scene.take().slice(4)).toEqual([
    '00:20:25 alert critical: provider.exhausted',
    '00:26:10 resolved critical: provider.exhausted resolved',
  ]);
});

it('does not count reminders towards the five messages of an hour', async () => {
  const scene = new Scene();
  const manager = scene.manager(['a', 'b', 'c', 'd']);
  scene.watch([manager], { repeatIntervalMs: minuteMs });
  await call(manager, { a: { kind: 'invalid-key' } });
  await scene.clock.advance(35 * minuteMs);
  expect(scene.take()).toHaveLength(6);
  await call(manager, { a: { kind: 'invalid-key' }, b: { kind: 'invalid-key' } });
  await scene.clock.advance(2 * minuteMs);
  expect(scene.take()).toEqual(['00:36:10 alert warning: key.invalid a, key.invalid b']);
});

it('sends nothing more about keys that are fine for less than a minute in between', async () => {
  const scene = new Scene();
  const manager = scene.manager(['main', 'spare']);
  scene.watch([manager], { repeatIntervalMs: Infinity });
  await flap(scene, manager, 5 * minuteMs, 50 * secondMs, 24 * hourMs);
  await scene.clock.advance(hourMs);
  expect(scene.take()).toEqual([
    '00:00:25 alert critical: provider.exhausted',
    expect.stringMatching(/^1d 00:\d\d:\d\d resolved critical: provider.exhausted resolved$/),
  ]);
});

it('sends the summary early when a critical alert begins that was not sent in the hour', async () => {
  const scene = new Scene();
  const [first, second] = [scene.manager(['main']), scene.manager(['batch'], { pool: 'batch' })];
  scene.watch([first, second]);
  await flap(scene, first, 5 * minuteMs, 5 * minuteMs, 30 * minuteMs);
  scene.take();
  await exhaust(second, hourMs);
  await scene.clock.advance(2 * hourMs);
  expect(scene.take()).toEqual([
    '00:30:25 summary critical x1: provider.exhausted@batch',
    // The cooldown ends after an hour, and nothing speaks against the key for a quarter of an hour.
    '01:45:10 resolved critical: provider.exhausted@batch resolved',
  ]);
});
