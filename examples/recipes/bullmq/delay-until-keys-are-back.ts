import { AllKeysFailedError } from '@api-key-fallback/core';
import { DelayedError, UnrecoverableError, type Job } from 'bullmq';

/**
 * Returns the error that the processor of a job throws for one of its calls.
 *
 * Moves the job to the delayed ones if its keys come back by themselves. BullMQ counts that as no attempt.
 */
export async function delayUntilKeysAreBack(job: Job, token: string | undefined, error: unknown): Promise<unknown> {
  if (!AllKeysFailedError.isInstance(error)) return error;
  if (error.retryAfterMs !== undefined) {
    await job.moveToDelayed(Date.now() + error.retryAfterMs, token);
    return new DelayedError(error.message);
  }
  // Only an operator can bring refused keys back, so other attempts would be in vain.
  return error.reason === 'invalid-keys' ? new UnrecoverableError(error.message) : error;
}
