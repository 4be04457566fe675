import type { Runtime } from '../base/runtime.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import { headersOfError } from '../http/headers.ts';
import { sourceOf } from '../provider/classify-error.ts';
import type { CallRules, GuardedAdapter } from '../provider/guarded-adapter.ts';
import type { RateLimit } from '../provider/provider-adapter.ts';
import { withTimes } from '../provider/read-rate-limits.ts';
import type { PoolHealth } from '../state/pool-health.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';

/** The part of a pool that learns from responses and errors. */
export interface Learner {
  readonly adapter: GuardedAdapter;
  readonly runtime: Runtime;
  readonly clock: SharedClock;
  readonly health: PoolHealth;
}

/** Learns a key's group and limits from a response, and prefers other keys while one of its limits is used up. Returns the response. */
export function observeResponse<R>(pool: Learner, key: PooledKey, response: R, operation?: string): R {
  key.learnGroup(key.group ?? pool.adapter.groupOf(response));
  const headers = headersOfError(response);
  if (headers) learnLimits(pool, key, pool.adapter.readLimits(headers, pool.runtime.now(), operation), operation);
  return response;
}

/** Keeps the limits of a response, and prefers other keys while one of them is used up. */
export function learnLimits(
  pool: Omit<Learner, 'runtime'>,
  key: PooledKey,
  limits: readonly RateLimit[],
  operation?: string,
): void {
  key.learnLimits(limits.map((limit) => withTimes(limit, (timeMs) => pool.clock.fromDate(timeMs))));
  const bucket = pool.adapter.bucketOf(operation);
  for (const limit of key.rateLimits) pool.health.demote(key, limit, bucket);
}

/** Classifies the error of an attempt with this key, and learns the key's group from it. */
export function classifyFailure(pool: Learner, key: PooledKey, error: unknown, rules: CallRules): ErrorVerdict {
  const verdict = pool.adapter.classifyError(error, pool.runtime.now(), rules);
  const named = 'group' in verdict ? verdict.group : undefined;
  key.learnGroup(key.group ?? named ?? pool.adapter.groupOf(sourceOf(error)));
  return verdict;
}
