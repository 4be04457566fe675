import { ApiKeyManager, MemoryStore } from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connected, hourMs, manage, setWall } from '../keys-by-real-clock.ts';
import { fails, ok, quotaExhausted, rateLimited, scriptedAdapter, type Outcome } from '../scripted-keys.ts';

const startMs = Date.UTC(2026, 4, 4, 20);
const midnightMs = Date.UTC(2026, 4, 5);
const back = -hourMs;
const forward = hourMs;

beforeEach(() => void vi.useFakeTimers({ now: startMs }));
afterEach(() => void vi.useRealTimers());

const withStores = [
  ['without a store', () => false],
  ['with a store', () => new MemoryStore({ now: () => 7_000_000_000 + performance.now() })],
] as const;

describe.each(withStores)('%s', (_name, makeStore) => {
  const open = async (...outcomes: Outcome[]) => {
    const managed = manage(outcomes, { store: makeStore() as never });
    await connected(managed.manager);
    return managed;
  };

  it.each([back, forward, 24 * hourMs])(
    'a cooldown is as long as it was stated, when the clock is set by %d ms',
    async (jump) => {
      const { call, key } = await open(rateLimited(400), ok);
      await call();
      setWall(jump);
      const { state, availableAtMs = 0 } = key();
      expect(state).toBe('cooling');
      expect(availableAtMs - Date.now()).toBeGreaterThanOrEqual(399);
      expect(availableAtMs - Date.now()).toBeLessThanOrEqual(401);
      await vi.advanceTimersByTimeAsync(398);
      expect(key().state).toBe('cooling');
      await vi.advanceTimersByTimeAsync(3);
      expect(key().state).toBe('recovering');
    },
  );

  it('a cooldown is as long as it was stated, when the clock is set in small steps', async () => {
    const { call, key } = await open(rateLimited(60_000), ok);
    await call();
    for (let step = 0; step < 59; step++) {
      setWall(step % 2 === 0 ? -1500 : 900);
      await vi.advanceTimersByTimeAsync(1000);
      expect(key().state).toBe('cooling');
    }
    await vi.advanceTimersByTimeAsync(1002);
    expect(key().state).toBe('recovering');
  });

  it.each([back, forward])('a cooldown that begins after the clock was set by %d ms is not longer', async (jump) => {
    const { call, key } = await open(rateLimited(400), ok);
    setWall(jump);
    await call();
    expect((key().availableAtMs ?? 0) - Date.now()).toBeLessThanOrEqual(401);
    await vi.advanceTimersByTimeAsync(402);
    expect(key().state).toBe('recovering');
  });

  it('a quota that ends at midnight ends when the clock is set beyond it, and the key is used again', async () => {
    const { call, calls, key } = await open(quotaExhausted(midnightMs), ok);
    await call();
    expect(key().availableAtMs).toBe(midnightMs);
    setWall(3 * hourMs);
    expect(key()).toMatchObject({ state: 'cooling', availableAtMs: midnightMs });
    setWall(hourMs);
    expect(key().state).toBe('recovering');
    await call();
    // With a store the first call asks for the right to try the key.
    await vi.advanceTimersByTimeAsync(1);
    await call();
    expect(calls.slice(2)).toContain('K1');
  });

  it('a quota that ends at midnight lasts until then, when the clock is set back', async () => {
    const { call, calls, key } = await open(quotaExhausted(midnightMs), ok);
    await call();
    setWall(back);
    expect(key().availableAtMs).toBe(midnightMs);
    await vi.advanceTimersByTimeAsync(4.5 * hourMs);
    expect(key()).toMatchObject({ state: 'cooling', availableAtMs: midnightMs });
    await call();
    await vi.advanceTimersByTimeAsync(0.5 * hourMs);
    expect(key().state).toBe('recovering');
    expect(calls).toEqual(['K1', 'K2', 'K2']);
  });
});

describe('the limits that an answer states', () => {
  it('are shown by the clock that an application sees, whatever the clock of the store', async () => {
    const store = new MemoryStore({ now: () => 7_000_000_000 + performance.now() });
    const manager = new ApiKeyManager(
      {
        ...scriptedAdapter,
        readLimits: (_headers, { now }) => [{ name: 'requests', limit: 10, remaining: 0, resetsAtMs: now + 6000 }],
      },
      ['K1'],
      { logger: false, store },
    );
    await connected(manager);
    await manager.retryWithFallback((_key, attempt) => attempt.observe({ headers: new Headers() }));
    setWall(back);
    const [limit] = manager.status().keys[0]?.limits ?? [];
    expect((limit?.resetsAtMs ?? 0) - Date.now()).toBe(6000);
    await vi.advanceTimersByTimeAsync(6001);
    expect(manager.status().keys[0]).not.toHaveProperty('limits');
  });
});

describe('an injected clock', () => {
  it('replaces the clocks of the machine', async () => {
    let now = 1000;
    const { call, key } = manage([fails({ kind: 'rate-limited', reason: 'scripted', retryAfterMs: 60_000 }), ok], {
      runtime: { now: () => now },
    });
    await call();
    expect(key()).toMatchObject({ state: 'cooling', availableAtMs: 61_000 });
    await vi.advanceTimersByTimeAsync(hourMs);
    expect(key().state).toBe('cooling');
    now = 61_000;
    expect(key().state).toBe('recovering');
  });
});

describe('fake timers', () => {
  it('that are installed after a key has begun to rest end its cooldown', async () => {
    vi.useRealTimers();
    const { call, key } = manage([rateLimited(60_000), ok]);
    await call();
    vi.useFakeTimers();
    await vi.advanceTimersByTimeAsync(59_000);
    expect(key().state).toBe('cooling');
    await vi.advanceTimersByTimeAsync(1001);
    expect(key().state).toBe('recovering');
  });
});
