import { ApiKeyManager } from '@api-key-fallback/core';
import { describe, expect, it } from 'vitest';
import { scriptedAdapter } from '../scripted-keys.ts';

describe('a pause of 0 ms', () => {
  it('lets other timers fire: an abort after 20 ms ends the call', async () => {
    const manager = new ApiKeyManager(scriptedAdapter, ['K1'], { logger: false, retryBudget: false });
    let attempts = 0;
    const call = manager.retryWithFallback(
      () => {
        attempts++;
        throw new Error('down');
      },
      { delay: 0, maxRetries: 1_000_000, signal: AbortSignal.timeout(20) },
    );
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(attempts).toBeLessThan(1000);
  });
});
