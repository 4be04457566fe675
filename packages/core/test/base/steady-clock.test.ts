import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRuntime } from '../../src/base/runtime.ts';
import { steadyClock } from '../../src/base/runtime.ts';

const hourMs = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Sets the machine's own clocks, without fake timers. */
function machine() {
  let timeMs = 10_000;
  let upMs = 500_000;
  let wallMs = 1_000_000_000;
  vi.spyOn(Object.getPrototypeOf(performance) as typeof performance, 'now').mockImplementation(() => timeMs);
  vi.spyOn(process.getBuiltinModule('node:os'), 'uptime').mockImplementation(() => Math.floor(upMs / 1000));
  vi.spyOn(Date, 'now').mockImplementation(() => wallMs);
  return {
    run(ms: number) {
      timeMs += ms;
      upMs += ms;
      wallMs += ms;
    },
    sleep(ms: number) {
      upMs += ms;
      wallMs += ms;
    },
    setWall(ms: number) {
      wallMs += ms;
    },
  };
}

describe('the steady clock', () => {
  it('starts at the time of the wall clock, and goes on without it', () => {
    const { run, setWall } = machine();
    const now = steadyClock();
    expect(now()).toBe(1_000_000_000);
    for (const jump of [-hourMs, hourMs, 24 * hourMs, -1, 1]) {
      const before = now();
      setWall(jump);
      expect(now()).toBe(before);
      run(250);
      expect(now()).toBe(before + 250);
    }
  });

  it('follows no small steps of the wall clock either', () => {
    const { run, setWall } = machine();
    const now = steadyClock();
    const before = now();
    for (let step = 0; step < 1000; step++) {
      setWall(-7);
      run(10);
      now();
    }
    expect(now()).toBe(before + 10_000);
  });

  it('adds the time that the machine has slept, whenever it is read', () => {
    const { run, sleep } = machine();
    const now = steadyClock();
    const before = now();
    run(5000);
    sleep(hourMs);
    run(1500);
    expect(now() - before).toBeGreaterThan(hourMs + 4500);
    expect(now() - before).toBeLessThan(hourMs + 8500);
    const awake = now();
    run(60_000);
    expect(now()).toBe(awake + 60_000);
  });

  it('takes the coarse steps of the uptime for no sleep', () => {
    const { run } = machine();
    const now = steadyClock();
    const before = now();
    for (let step = 0; step < 10_000; step++) {
      run(1001);
      now();
    }
    expect(now()).toBe(before + 10_010_000);
  });

  it.each([
    ['has no module for it', () => vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)],
    [
      'does not allow it',
      () =>
        vi.spyOn(process.getBuiltinModule('node:os'), 'uptime').mockImplementation(() => {
          throw new Error('not allowed');
        }),
    ],
  ])('works where the runtime %s', (_name, prepare) => {
    const { run } = machine();
    prepare();
    const now = steadyClock();
    const before = now();
    run(5000);
    expect(now()).toBe(before + 5000);
  });

  it('is the injected clock, when there is one', () => {
    let time = 42;
    const runtime = createRuntime({ now: () => time });
    expect([runtime.now(), runtime.steadyNow()]).toEqual([42, 42]);
    time = 7;
    expect([runtime.now(), runtime.steadyNow()]).toEqual([7, 7]);
  });
});

describe('the steady clock under fake timers', () => {
  it('passes with their time, when it is made after them', () => {
    vi.useFakeTimers();
    const now = steadyClock();
    const before = now();
    expect(before).toBe(Date.now());
    vi.advanceTimersByTime(60_000);
    expect(now()).toBe(before + 60_000);
    vi.setSystemTime(0);
    expect(now()).toBe(before + 60_000);
  });

  it.each([0, 1, 10 * hourMs])('passes with their time, when it is made before them, read after %d ms', (ms) => {
    const now = steadyClock();
    const before = now();
    vi.useFakeTimers();
    vi.advanceTimersByTime(ms);
    expect(now() - before).toBeLessThanOrEqual(ms + 1);
    expect(now() - before).toBeGreaterThanOrEqual(ms);
    vi.advanceTimersByTime(5000);
    expect(now() - before).toBeGreaterThanOrEqual(ms + 5000);
    const atEnd = now();
    vi.useRealTimers();
    expect(now() - atEnd).toBeLessThan(1000);
    expect(now()).toBeGreaterThanOrEqual(atEnd);
    vi.useFakeTimers();
    const again = now();
    vi.advanceTimersByTime(1000);
    expect(now()).toBe(again + 1000);
  });

  it('takes a slow test, or a pause in a debugger, for no sleep', () => {
    let uptime = 1000;
    vi.spyOn(process.getBuiltinModule('node:os'), 'uptime').mockImplementation(() => uptime);
    const before = steadyClock();
    vi.useFakeTimers();
    const after = steadyClock();
    for (const now of [before, after]) {
      const start = now();
      uptime += 600;
      vi.advanceTimersByTime(2000);
      expect(now()).toBe(start + 2000);
      uptime += 600;
      expect(now()).toBe(start + 2000);
    }
    const start = before();
    vi.useRealTimers();
    expect(before() - start).toBeLessThan(1000);
  });
});
