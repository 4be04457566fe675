import { ApiKeyManager } from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scriptedAdapter } from '../scripted-keys.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

describe('the real runtime', () => {
  it('waits for the delay between two attempts', async () => {
    const manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false });
    let attempts = 0;
    const running = manager.retryWithFallback(
      () => {
        if (++attempts === 1) throw new Error('down');
        return attempts;
      },
      { delay: 250 },
    );
    await vi.advanceTimersByTimeAsync(249);
    expect(attempts).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await expect(running).resolves.toBe(2);
  });

  it('uses the real random source for jitter', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false });
    let attempts = 0;
    const running = manager.retryWithFallback(() => (++attempts === 1 ? Promise.reject(new Error('down')) : attempts), {
      delay: 100,
      backoff: 'exponential',
    });
    await vi.advanceTimersByTimeAsync(49);
    expect(attempts).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await expect(running).resolves.toBe(2);
    random.mockRestore();
  });
});
