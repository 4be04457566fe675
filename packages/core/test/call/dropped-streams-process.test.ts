import { describe, expect, it } from 'vitest';
import { runWithGc } from '../run-with-gc.ts';
import type { Scenario } from './dropped-streams-child.ts';

const run = (scenario: Scenario) => runWithGc('dropped-streams-child', scenario);
const nothingHeld = { inUse: 0, successes: 0, state: 'healthy', haveEnded: true, listeners: 0, streams: 0 };

describe('a stream that its consumer drops', () => {
  it.each(['dropped', 'droppedWithIdleTimeout'] as const)('is closed and gives its slot back: %s', async (scenario) => {
    await expect(run(scenario)).resolves.toEqual({ ...nothingHeld, closed: 1 });
  });

  it('gives its slot back, and the process goes on, if its iterator has no return()', async () => {
    await expect(run('droppedWithoutReturn')).resolves.toEqual({ ...nothingHeld, closed: 0 });
  });

  it.each(['droppedWhileOpening', 'droppedWhileAwaited'] as const)(
    'is closed after the chunk: %s',
    async (scenario) => {
      await expect(run(scenario)).resolves.toEqual({
        before: { ...nothingHeld, closed: 0, inUse: 1, haveEnded: false, listeners: 1, streams: 1 },
        after: { ...nothingHeld, closed: 1 },
      });
    },
  );

  it('leaves nothing on a signal that lives long', async () => {
    await expect(run('manyDropped')).resolves.toEqual({ ...nothingHeld, closed: 1000 });
  });
});

describe('a stream that is still in use', () => {
  it('delivers a chunk to a consumer that holds only its promise', async () => {
    await expect(run('awaited')).resolves.toEqual([0, 1, 1]);
  });

  it('delivers all chunks to a loop', async () => {
    await expect(run('forAwait')).resolves.toEqual({
      ...nothingHeld,
      closed: 1,
      successes: 1,
      chunks: 100,
      streams: 1,
    });
  });

  it('is not closed while its consumer holds it', async () => {
    await expect(run('held')).resolves.toEqual({
      before: { ...nothingHeld, closed: 0, inUse: 1, haveEnded: false, listeners: 1, streams: 1 },
      next: { value: 2, done: false },
    });
  });

  it('counts once when it has ended before it is collected', async () => {
    await expect(run('ended')).resolves.toEqual({ ...nothingHeld, closed: 1, successes: 1 });
  });
});
