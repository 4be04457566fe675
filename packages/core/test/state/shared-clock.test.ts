import { afterEach, expect, it, vi } from 'vitest';
import { createRuntime } from '../../src/base/runtime.ts';
import { SharedClock } from '../../src/state/shared-clock.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('goes on evenly when the clock of the machine is set', () => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date', 'performance'] });
  const clock = new SharedClock(createRuntime());
  clock.startExchange()(5_000_000);
  expect(clock.now()).toBe(5_000_000);
  vi.advanceTimersByTime(100);
  vi.setSystemTime(Date.now() + 3_600_000);
  expect(clock.now()).toBe(5_000_100);
  // Whoever compares it with `Date.now()` sees how long it is from now.
  expect(clock.toLocal(clock.now() + 10_000)).toBe(Date.now() + 10_000);
});

it('believes the quicker of two answers, unless they cannot both be true', () => {
  let now = 0;
  const clock = new SharedClock(createRuntime({ now: () => now }));
  const answer = (tookMs: number, storeNowMs: number): number => {
    const learn = clock.startExchange();
    now += tookMs;
    learn(storeNowMs);
    return clock.offsetMs;
  };
  expect(answer(100, 1050)).toBe(1000);
  expect(answer(10, 1110)).toBe(1005);
  expect(answer(1000, 1700)).toBe(1005);
  expect(answer(1000, 60_000)).toBe(58_390);
});
