import { abortable } from '../base/abortable.ts';
import { ApiKeyFallbackError } from '../base/errors.ts';
import type { RunningCall } from './running-call.ts';

/** Whether the call has to wait for its key source: until there are keys, or for those that follow refused ones if no other is left. */
export function isSourceDue(call: RunningCall): boolean {
  const { pool, bucket } = call.plan;
  if (!pool.source) return false;
  if (!pool.source.isReady()) return true;
  if (call.hasAskedSource || pool.select(call.draw, call.used) !== undefined) return false;
  const now = pool.clock.now();
  return pool.keys.some((key) => key.unavailableReason(bucket, now) === 'invalid-key');
}

/** Waits for the key source. @throws ApiKeyFallbackError (`KEY_SOURCE_FAILED`) when there are no keys */
export async function waitForSource(call: RunningCall): Promise<void> {
  const { source } = call.plan.pool;
  const isAsked = source?.isReady() === true;
  if (isAsked) call.hasAskedSource = true;
  await call.wait
    .whileOpen((signal) => abortable(isAsked ? source.afterInvalidKey() : source?.ready(), signal))
    .catch((error: unknown) => {
      if (ApiKeyFallbackError.isInstance(error) && error.code === 'KEY_SOURCE_FAILED') {
        call.exhaustion = { error, reason: 'unavailable', isBudgetSpent: false, text: error.message };
      }
      throw error;
    });
}
