import { expect, it } from 'vitest';
import { createRuntime } from '../../src/base/runtime.ts';
import { KeyRing } from '../../src/state/key-ring.ts';
import { PooledKey } from '../../src/state/pooled-key.ts';
import { RunningSlots, type SlotHolder } from '../../src/state/running-slots.ts';
import { SharedClock } from '../../src/state/shared-clock.ts';
import { numbersFrom } from '../seeded-numbers.ts';

interface Running extends SlotHolder {
  readonly isStream: boolean;
  signAtMs: number;
}

const minuteMs = 60_000;
const context = { clock: new SharedClock(createRuntime()), recheckInvalid: true, revision: 0 };

it.each([1, 2, 3, 4, 5])('slots count who shows signs of life, in any order of events (seed %i)', (seed) => {
  const random = numbersFrom(seed);
  const below = (end: number) => Math.floor(random() * end);
  const key = new PooledKey('scripted', 'K1', { ordinal: 1, total: 1, label: 'K1' }, undefined, context);
  const slots = new RunningSlots(new KeyRing([key]), () => {});
  const running: Running[] = [];
  let nowMs = 1_000_000;
  let fewestMissed = 0;
  let mostExtra = 0;
  for (let step = 0; step < 5000; step++) {
    nowMs += below(random() < 0.02 ? 60 * minuteMs : minuteMs);
    const choice = random();
    const chosen = running[below(running.length)];
    if (choice < 0.3 || !chosen) {
      const started = { key, slotPeriod: 0, isRenewed: false, isStream: random() < 0.5, signAtMs: nowMs };
      slots.take(started, nowMs);
      running.push(started);
    } else if (choice < 0.55) {
      running.splice(running.indexOf(chosen), 1);
      slots.release(chosen);
    } else if (chosen.isStream) {
      if (!chosen.isRenewed) slots.renew(chosen);
      chosen.signAtMs = nowMs;
    }
    slots.expire(nowMs);
    const alive = running.filter(({ signAtMs }) => nowMs - signAtMs < 10 * minuteMs).length;
    const perhaps = running.filter(({ isStream, signAtMs }) => isStream || nowMs - signAtMs < 30 * minuteMs).length;
    fewestMissed = Math.min(fewestMissed, key.usage.inUse - alive);
    mostExtra = Math.max(mostExtra, key.usage.inUse - perhaps);
  }
  expect([fewestMissed, mostExtra]).toEqual([0, 0]);
  for (const holder of running) slots.release(holder);
  expect(key.usage.inUse).toBe(0);
});
