import { AllKeysFailedError } from '@api-key-fallback/core';
import { Worker, type Queue } from 'bullmq';

/**
 * Returns the error that the processor of a job throws for one of its calls.
 *
 * Stops the queue, for all of its workers, until the first key is back. The job waits in its place, and BullMQ counts no attempt.
 */
export async function limitQueueUntilKeysAreBack(queue: Queue, error: unknown): Promise<unknown> {
  if (!AllKeysFailedError.isInstance(error) || error.retryAfterMs === undefined) return error;
  await queue.rateLimit(error.retryAfterMs);
  return Worker.RateLimitError();
}
