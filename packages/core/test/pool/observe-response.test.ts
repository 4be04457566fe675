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

const adapter = { readLimits };

describe('the limits that an answer tells', () => {
  it('demote a key before it fails, until the reset', async () => {
    const keys = scriptKeys({ K1: [answers(0, 5000), ok], K2: [ok] }, { adapter });
    await keys.call();
    await keys.call();
    await keys.runtime.advance(5000);
    await keys.call();
    expect(keys.calls).toEqual(['K1', 'K2', 'K1']);
  });

  it('leave a demoted key in use when no better one is left', async () => {
    const keys = scriptKeys({ K1: [answers(0, 5000), ok] }, { adapter });
    await keys.call();
    await expect(keys.call()).resolves.toBe('K1');
  });

  it('change nothing while something is left, or without a reset in the future', async () => {
    for (const outcome of [answers(1, 5000), answers(0, -1), answers(0, Number.NaN)]) {
      const keys = scriptKeys({ K1: [outcome], K2: [ok] }, { adapter });
      await keys.call();
      expect(keys.key('K1').state).toBe('healthy');
    }
  });

  it('never demote a key for more than a day', async () => {
    const keys = scriptKeys({ K1: [answers(0, 10 * 86_400_000)], K2: [ok] }, { adapter });
    await keys.call();
    expect(keys.key('K1').state).toBe('suspect');
    await keys.runtime.advance(86_400_000);
    expect(keys.key('K1').state).toBe('healthy');
  });

  it('belong to the operation of the call, where it names one', async () => {
    const keys = scriptKeys({ K1: [answers(0, 5000), ok], K2: [ok] }, { adapter });
    await keys.call({ operation: 'search' });
    await keys.call({ operation: 'search' });
    await keys.call({ operation: 'videos' });
    expect(keys.calls).toEqual(['K1', 'K2', 'K1']);
  });

  it('last until the latest of their resets', async () => {
    const two = () => [
      { name: 'credits', remaining: 0, resetsAtMs: 7000 },
      { name: 'requests', remaining: 0, resetsAtMs: 1000 },
    ];
    const keys = scriptKeys({ K1: [answers(0, 1), ok], K2: [ok] }, { adapter: { readLimits: two } });
    await keys.call();
    await keys.runtime.advance(6999);
    expect(keys.key('K1').state).toBe('suspect');
  });

  it('end when the next request has room, not when they are full again', async () => {
    const filling = () => [{ name: 'requests', remaining: 0, resetsAtMs: 60_000, roomAtMs: 1000 }];
    const keys = scriptKeys({ K1: [answers(0, 1), ok], K2: [ok] }, { adapter: { readLimits: filling } });
    await keys.call();
    expect(keys.key('K1').state).toBe('suspect');
    await keys.runtime.advance(1000);
    expect(keys.key('K1').state).toBe('healthy');
  });

  it('of a group demote all of its keys', async () => {
    const ofProject = () => [{ name: 'project-tokens', remaining: 0, resetsAtMs: 5000, scope: 'group' as const }];
    const groups = { K1: 'project', K2: 'project' };
    const keys = scriptKeys(
      { K1: [answers(0, 1), ok], K2: [ok], K3: [ok] },
      { groups, adapter: { readLimits: ofProject } },
    );
    await keys.call();
    await keys.call();
    expect(keys.calls).toEqual(['K1', 'K3']);
  });

  it('of a bucket demote calls that name no operation, too, when such a call met them', async () => {
    const ofBucket = () => [{ name: 'requests', remaining: 0, resetsAtMs: 5000, bucket: 'search' }];
    const keys = scriptKeys({ K1: [answers(0, 1), ok], K2: [ok] }, { adapter: { readLimits: ofBucket } });
    await keys.call();
    await keys.call();
    await keys.call({ operation: 'search' });
    await keys.call({ operation: 'videos' });
    expect(keys.calls).toEqual(['K1', 'K2', 'K2', 'K1']);
  });

  it('stand in the status', async () => {
    const keys = scriptKeys({ K1: [answers(7, 5000)] }, { adapter });
    await keys.call();
    expect(keys.key('K1').rateLimits).toEqual([{ name: 'requests', remaining: 7, resetsAtMs: 5000 }]);
  });

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

  it('are learned from what a client of the adapter observes', async () => {
    const observing = {
      readLimits,
      createClient: (_secret: string, _options?: object, observe?: (response: unknown) => void) => ({
        ask: () => observe?.({ headers: { 'X-Remaining': '0', 'X-Reset-Ms': '5000' } }),
      }),
    };
    const { manager, key } = scriptKeys({ K1: [ok], K2: [ok] }, { adapter: observing });
    const client = (await manager.getClient()) as { ask(): void };
    client.ask();
    expect(key('K1').state).toBe('suspect');
  });
});
