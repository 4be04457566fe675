import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { outcomeNow } from '../fake-runtime.ts';
import { hourMs, manage, setWall, settled } from '../keys-by-real-clock.ts';
import { hangs, ok, quotaExhausted, rateLimited, transient } from '../scripted-keys.ts';

const startMs = Date.UTC(2026, 4, 4, 20);
const back = -hourMs;
const forward = hourMs;

beforeEach(() => void vi.useFakeTimers({ now: startMs }));
afterEach(() => void vi.useRealTimers());

it('a clock that is set past midnight starts the limits of a day anew', async () => {
  const { call } = manage([ok], { limits: { requestsPerDay: 1 } });
  await call();
  await expect(call({ delay: 0 })).rejects.toMatchObject({ reason: 'limited' });
  setWall(24 * hourMs);
  await expect(call()).resolves.toBe('K1');
});

describe.each([back, forward])('a clock that is set by %d ms', (jump) => {
  it('during an attempt leaves the deadline alone', async () => {
    const { call } = manage([hangs]);
    const running = call({ deadline: 600 });
    await settled(running);
    setWall(jump);
    await vi.advanceTimersByTimeAsync(599);
    vi.useRealTimers();
    await expect(outcomeNow(running)).resolves.toBe('pending');
  });

  it('during an attempt does not move the end of the deadline', async () => {
    const { call } = manage([hangs]);
    const running = call({ deadline: 600 });
    await settled(running);
    setWall(jump);
    await vi.advanceTimersByTimeAsync(600);
    await expect(running).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('between two attempts leaves the rest of the deadline', async () => {
    const { call, calls } = manage([transient]);
    const running = call({ deadline: 600, delay: 200, maxRetries: 10 });
    await settled(running);
    setWall(jump);
    await vi.advanceTimersByTimeAsync(600);
    await expect(running).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(calls).toHaveLength(3);
  });

  it('during the pause before a retry leaves the pause alone', async () => {
    const { call, calls } = manage([transient]);
    const running = call({ delay: 1000, maxRetries: 2 });
    await settled(running);
    setWall(jump);
    await vi.advanceTimersByTimeAsync(999);
    expect(calls).toEqual(['K1']);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toEqual(['K1', 'K1']);
    await expect(running).rejects.toMatchObject({ code: 'ALL_KEYS_FAILED' });
  });

  it('during the wait for a key ends the wait in time', async () => {
    let attempts = 0;
    const { call } = manage([(key, runtime) => (++attempts === 1 ? rateLimited(5000)(key, runtime) : key)]);
    const running = call({ onExhausted: 'wait' });
    await settled(running);
    setWall(jump);
    await vi.advanceTimersByTimeAsync(4999);
    expect(attempts).toBe(1);
    await vi.advanceTimersByTimeAsync(2);
    await expect(running).resolves.toBe('K1');
  });

  it('leaves the most that a call waits alone', async () => {
    const { call } = manage([rateLimited(5000)]);
    const running = call({ onExhausted: 'wait', maxWait: 12_000 });
    await settled(running);
    for (let second = 0; second < 4; second++) {
      setWall(jump);
      await vi.advanceTimersByTimeAsync(2500);
    }
    await vi.advanceTimersByTimeAsync(1000);
    await expect(running).rejects.toMatchObject({ code: 'ALL_KEYS_FAILED', retryAfterMs: 5000 });
  });

  it('leaves suspicion alone', async () => {
    const { call, key } = manage([transient, ok]);
    await call();
    setWall(jump);
    await vi.advanceTimersByTimeAsync(29_990);
    expect(key().state).toBe('suspect');
    await vi.advanceTimersByTimeAsync(11);
    expect(key().state).toBe('recovering');
  });

  it('neither fills the retry budget nor keeps time from filling it', async () => {
    const { call: ask } = manage([transient], { retryBudget: { tokens: 1 } });
    const spent = async () => {
      const running = ask({ maxRetries: 2, delay: 0 });
      await settled(running);
      await vi.advanceTimersByTimeAsync(1);
      return running.catch((error: unknown) => (error as { attempts: unknown[] }).attempts.length);
    };
    // The walk of a call always fits, so there are two tokens.
    for (let call = 0; call < 2; call++) await expect(spent()).resolves.toBe(2);
    setWall(jump);
    await expect(spent()).resolves.toBe(1);
    await vi.advanceTimersByTimeAsync(120_000);
    await expect(spent()).resolves.toBe(2);
  });
});

describe('a call that waits for a date', () => {
  it.each([hourMs, 4 * hourMs])('goes on within a minute when the clock is set to it, %d ms before', async (before) => {
    let attempts = 0;
    const { call } = manage([
      (key, runtime) => (++attempts === 1 ? quotaExhausted(startMs + before)(key, runtime) : key),
    ]);
    const running = call({ onExhausted: 'wait', deadline: 24 * hourMs });
    await settled(running);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(attempts).toBe(1);
    setWall(before - 60_000);
    await vi.advanceTimersByTimeAsync(60_000);
    await expect(running).resolves.toBe('K1');
  });

  it('fails when the clock is set back so far that the date is beyond its deadline', async () => {
    const { call } = manage([quotaExhausted(startMs + 30_000)]);
    const running = call({ onExhausted: 'wait', deadline: 40_000 });
    await settled(running);
    setWall(back);
    await vi.advanceTimersByTimeAsync(30_000);
    await expect(running).rejects.toMatchObject({ code: 'ALL_KEYS_FAILED', retryAfterMs: hourMs });
  });
});
