import type { TokenCounts } from '../base/token-usage.ts';
import type { Counts } from '../limits/counts.ts';
import type { Began } from '../limits/tally.ts';
import { emitIfFull } from '../pool/emit-limited.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { RunningCall } from './running-call.ts';

/** What the tokens of an attempt are counted in. */
interface CountedAttempt {
  readonly call: RunningCall;
  readonly key: PooledKey;
  readonly counted: readonly Counts[] | undefined;
}

/** Corrects the counted tokens of an attempt by a difference, and wakes the calls that wait for them. */
export function recordTokens({ call, key, counted }: CountedAttempt, difference: TokenCounts, began: Began): void {
  const { pool, draw } = call.plan;
  const { tokens } = difference;
  const mayFill = tokens > 0 && pool.events.isHeard('key.limited');
  const hadRoom = mayFill && pool.limits.fullest(key, draw) === undefined;
  if (counted) pool.limits.correctTokens(counted, tokens, began);
  pool.usage.addTokens(key, draw.bucket, difference);
  pool.onUsage(key);
  pool.wake(key);
  if (hadRoom) emitIfFull(pool, key, draw, { requests: 0, units: 0, tokens });
}
