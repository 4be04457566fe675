import { currentAttempt } from '@api-key-fallback/core';
import { type HeadersLike, type RateLimit, readHeader } from '@api-key-fallback/core/adapter';
import { describe, expect, it } from 'vitest';
import { ok, scriptKeys, type Outcome } from '../scripted-keys.ts';

function readLimits(headers: HeadersLike, { now }: { now: number }): RateLimit[] {
  const remaining = Number(readHeader(headers, 'x-remaining') ?? Number.NaN);
  const resetMs = Number(readHeader(headers, 'x-reset-ms') ?? Number.NaN);
  return Number.isNaN(remaining) ? [] : [{ name: 'requests', remaining, resetsAtMs: now + resetMs }];
}

/** Succeeds, and shows an answer with these headers to the attempt. */
function answers(remaining: number, resetMs: number): Outcome {
  return (key) => {
    currentAttempt().observe({ headers: new Headers({ 'x-remaining': `${remaining}`, 'x-reset-ms': `${resetMs}` }) });
    return key;
  };
}

describe('an answer that is observed', () => {
  it('cannot break the call', async () => {
    const broken = {
      readLimits: () => {
        throw new Error('bug');
      },
      groupOf: () => {
        throw new Error('bug');
      },
    };
    const keys = scriptKeys({ K1: [answers(0, 5000)] }, { adapter: broken });
    await expect(keys.call()).resolves.toBe('K1');
  });

  it('can come from a client of the adapter', async () => {
    const observing = {
      readLimits,
      createClient: (_secret: string, _options?: object, observe?: (response: unknown) => void) => ({
        ask: () => observe?.({ headers: { 'X-Remaining': '0', 'X-Reset-Ms': '5000' } }),
      }),
    };
    const { manager, key } = scriptKeys({ K1: [ok], K2: [ok] }, { adapter: observing });
    const client = (await manager.getClient()) as { ask(): void };
    client.ask();
    expect(key('K1').limits).toMatchObject([{ name: 'requests', remaining: 0, resetsAtMs: 5000 }]);
  });
});
