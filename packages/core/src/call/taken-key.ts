import type { PooledKey } from '../state/pooled-key.ts';
import type { RunningCall } from './running-call.ts';

/** The key of a call's next attempt; `delayMs` if the call returns to a key that has attempts left. */
export interface TakenKey {
  readonly key: PooledKey;
  readonly delayMs?: number;
}

/** Whether the outcome of another call has taken a key out, after this call had been told to use it. */
export function wasTakenOut(call: RunningCall, { key }: TakenKey): boolean {
  const { plan, lastResort } = call;
  const { pool, bucket } = plan;
  const isLastResort = lastResort?.key === key && pool.keys.includes(key) && key.isOutByGuess(bucket, pool.clock.now());
  return !pool.isUsable(key, call.claims.drawOn(key, call.draw)) && !isLastResort;
}
