import type { Runtime } from '../base/runtime.ts';
import { emitLimited, type LimitedPool } from './emit-limited.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import { headersOfError } from '../http/headers.ts';
import { sourceOf } from '../provider/classify-error.ts';
import type { CallRules, GuardedAdapter } from '../provider/guarded-adapter.ts';
import type { PoolTraffic } from '../limits/pool-traffic.ts';
import type { RateLimit } from '../provider/provider-adapter.ts';
import type { PoolHealth } from '../state/pool-health.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';

/** The part of a pool that learns from responses and errors. */
export interface Learner extends LimitedPool {
  readonly adapter: GuardedAdapter;
  readonly runtime: Runtime;
  readonly clock: SharedClock;
  readonly health: PoolHealth;
  readonly traffic: PoolTraffic;
  readonly twins: { onLearned(key: PooledKey): void };
}

/** The request of a response. */
export interface ObservedRequest {
  readonly operation?: string | undefined;
  /** Its number among all requests of the process. */
  readonly sequence: number;
}

/** Learns a key's group and limits from a response. Returns the response. */
export function observeResponse<R>(pool: Learner, key: PooledKey, response: R, request: ObservedRequest): R {
  key.learnGroup(key.group ?? pool.adapter.groupOf(response));
  const headers = headersOfError(response);
  if (headers) learnLimits(pool, key, pool.adapter.readLimits(headers, pool.runtime.now(), request.operation), request);
  return response;
}

/** Learns a key's limits: while one of them is used up, other keys come first. */
export function learnLimits(
  pool: Learner,
  key: PooledKey,
  limits: readonly RateLimit[],
  { operation, sequence }: ObservedRequest,
): void {
  if (limits.length === 0) return;
  const { adapter, traffic, twins, clock } = pool;
  const request = { bucket: adapter.bucketOf(operation), sequence };
  for (const limit of limits) {
    const full = traffic.headers.note(key, limit, request);
    if (full)
      emitLimited(pool, key, { ...full, source: 'header', untilMs: clock.toLocal(clock.fromSteady(full.fullUntilMs)) });
  }
  key.statusRevision++;
  twins.onLearned(key);
}

/** Classifies the error of an attempt with this key, and learns the key's group from it. */
export function classifyFailure(pool: Learner, key: PooledKey, error: unknown, rules: CallRules): ErrorVerdict {
  const verdict = pool.adapter.classifyError(error, pool.runtime.now(), rules);
  const named = 'group' in verdict ? verdict.group : undefined;
  key.learnGroup(key.group ?? named ?? pool.adapter.groupOf(sourceOf(error)));
  return verdict;
}
