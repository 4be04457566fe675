import type { KeyManagerStatus, KeyStatus } from '@api-key-fallback/core';
import { countKeys } from './key-counts.ts';
import { withDefaults, unprovenMs, type Finding, type Rule, type RuleOptions } from './rule.ts';

/** No key of a pool can serve one operation, because the quota of that operation is used up on each key. */
export function operationExhausted(options: RuleOptions): Rule {
  return {
    name: 'operation.exhausted',
    ...withDefaults(options, { severity: 'critical', forMs: 15_000 }),
    isMutedByOutage: true,
    evaluate(status, { nowMs }) {
      const buckets = new Set(status.keys.flatMap(({ buckets: ofKey = [] }) => ofKey.map(({ bucket }) => bucket)));
      // That of calls without an operation is in the state of the keys.
      buckets.delete('unspecified');
      return [...buckets].flatMap((bucket) => findingOf(status, bucket, nowMs));
    },
  };
}

function findingOf(status: KeyManagerStatus, bucket: string, nowMs: number): readonly Finding[] {
  const keys = status.keys.map((key) => asInBucket(key, bucket));
  // Without limits: those of operations are not looked at.
  const { total, working, proven, out } = countKeys({ keys, usable: keys.length, next: [] }, nowMs);
  if (total === 0 || proven > 0) return [];
  const unproven = working > 0 ? { keepsForMs: unprovenMs } : {};
  return [{ about: bucket, ...out, values: { operation: bucket }, ...unproven }];
}

/** The key as calls see it that draw on a bucket. */
function asInBucket(key: KeyStatus, bucket: string): KeyStatus {
  const inBucket = key.buckets?.find((each) => each.bucket === bucket);
  if (!inBucket || key.state === 'cooling' || key.state === 'disabled') return key;
  const { state, reason, availableAtMs } = inBucket;
  return {
    ...key,
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(availableAtMs === undefined ? {} : { availableAtMs }),
  };
}
