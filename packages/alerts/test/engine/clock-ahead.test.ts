import type { WatchKeysOptions } from '@api-key-fallback/alerts';
import { MemoryStore, type ApiKeyManager } from '@api-key-fallback/core';
import { expect, it } from 'vitest';
import { call, heal, hourMs, minuteMs, Scene, secondMs, type KeyOutcome } from '../scene.ts';

const refused: KeyOutcome = { kind: 'invalid-key', recheckAfterMs: 1000 * hourMs };

/** Watches for a while with a clock that is a month ahead. */
async function watchAhead(scene: Scene, manager: ApiKeyManager, options: Partial<WatchKeysOptions>): Promise<void> {
  const { timer, sleep, random, now } = scene.clock;
  const runtime = { timer, sleep, random, now: () => now() + 30 * 24 * hourMs };
  const watch = scene.watch([manager], { ...options, runtime });
  await scene.clock.advance(2 * minuteMs);
  const closed = watch.close();
  await scene.clock.advance(5 * secondMs);
  await closed;
  expect(scene.take()).toHaveLength(1);
}

it('sends changes and reminders after a sender whose clock was ahead', async () => {
  const scene = new Scene();
  const store = new MemoryStore({ now: scene.clock.now });
  const manager = scene.manager(['a', 'b', 'c', 'd'], { store });
  await call(manager, { a: refused });
  await watchAhead(scene, manager, { store });
  const watch = scene.watch([manager], { store });
  await scene.clock.advance(minuteMs);
  expect(watch.firing().map(({ startsAtMs }) => startsAtMs <= scene.clock.now())).toEqual([true]);
  await call(manager, { b: refused });
  await scene.clock.advance(5 * hourMs);
  expect(scene.sent.map(({ kind }) => kind)).toEqual(['alert', 'reminder']);
  heal(manager);
  await scene.clock.advance(hourMs);
  expect(scene.sent.at(-1)?.kind).toBe('resolved');
});

it('sends digests after a sender whose clock was ahead', async () => {
  const scene = new Scene('2026-03-02T08:59:00Z');
  const store = new MemoryStore({ now: scene.clock.now });
  const manager = scene.manager(['a', 'b'], { store });
  const digest = { at: '09:00', timeZone: 'UTC' } as const;
  await watchAhead(scene, manager, { store, digest });
  scene.watch([manager], { store, digest });
  await scene.clock.advance(48 * hourMs);
  expect(scene.take()).toEqual([
    expect.stringMatching(/^1d 00:0\d:\d\d digest/),
    expect.stringMatching(/^2d 00:0\d:\d\d digest/),
  ]);
});
