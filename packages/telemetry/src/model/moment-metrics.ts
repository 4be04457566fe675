import type { ErrorType, ExhaustedReason } from '@api-key-fallback/core';
import { verdictKinds } from './key-metrics.ts';
import type { AttributeValues, Metric } from './metric.ts';

/** A metric that counts events. */
export interface MomentMetric extends Metric {
  readonly kind: 'counter';
  /** The series that begin at 0. Prometheus sees no increase in a series that begins with 1. */
  readonly initial: readonly AttributeValues[];
}

// The error of a caller ends its call.
const failuresOfKeys: readonly ErrorType[] = [...verdictKinds.filter((kind) => kind !== 'caller-error'), '_OTHER'];
const reasonSet: Readonly<Record<ExhaustedReason, true>> = {
  limited: true,
  'rate-limited': true,
  'quota-exhausted': true,
  'invalid-keys': true,
  unavailable: true,
  mixed: true,
};

/** Calls that went on with another key, by the last failure of the one that they gave up. */
export const failovers: MomentMetric = {
  name: 'api_key_fallback.failovers',
  kind: 'counter',
  unit: '{failover}',
  description: 'Calls that gave up on a key and went on with the next one, by the last failure of the key.',
  hasKey: false,
  attributes: ['error.type'],
  merge: 'sum',
  initial: failuresOfKeys.map((type) => [type]),
};

/** Calls that had no key left. */
export const exhaustions: MomentMetric = {
  name: 'api_key_fallback.exhaustions',
  kind: 'counter',
  unit: '{exhaustion}',
  description: 'Calls that had no key left, by what all keys have in common.',
  hasKey: false,
  attributes: ['reason'],
  merge: 'sum',
  initial: Object.keys(reasonSet).map((reason) => [reason]),
};

/** Changes of the state of a key. */
export const keyTransitions: MomentMetric = {
  name: 'api_key_fallback.key.transitions',
  kind: 'counter',
  unit: '{transition}',
  description: 'Changes of the state of a key, or of one of its quota buckets, that this process has caused.',
  hasKey: true,
  attributes: ['to', 'reason'],
  merge: 'sum',
  initial: [],
};
