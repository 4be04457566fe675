import type { CallEnd, ErrorType } from '@api-key-fallback/core';
import { verdictKinds } from './key-metrics.ts';
import type { Attributes } from './metric.ts';

/** A histogram of calls. A finished call cannot be read from a status, so each is recorded when it ends. */
export interface CallMetric {
  /** The OpenTelemetry name. */
  readonly name: string;
  readonly unit: 's' | `{${string}}`;
  readonly description: string;
  /** The names of its attributes. Without the key, because a call can use several. */
  readonly attributes: readonly string[];
  /** The upper bounds of its buckets, unless the options replace them. */
  readonly buckets: readonly number[];
}

const attributes = ['provider', 'outcome', 'error.type'];

/** How long calls take. The buckets are those of OpenTelemetry's conventions for clients of generative AI. */
export const callDuration: CallMetric = {
  name: 'api_key_fallback.call.duration',
  unit: 's',
  description: 'How long calls take, with all attempts, pauses and waits; a stream until its end.',
  attributes,
  buckets: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
};

/** How many keys calls need. */
export const callKeysTried: CallMetric = {
  name: 'api_key_fallback.call.keys_tried',
  unit: '{key}',
  description: 'How many different keys calls have tried.',
  attributes,
  buckets: [1, 2, 3, 5, 10, 20, 50],
};

/** What the series of a call are told apart by. */
type KindOfEnd = Pick<CallEnd, 'outcome' | 'errorType'>;

const failuresOfAllKeys: readonly ErrorType[] = [
  ...verdictKinds.filter((kind) => kind !== 'caller-error'),
  'timeout',
  '_OTHER',
];

/** How calls usually end. A series of a histogram is long, so the other ends have one only after a call has ended so. */
export const usualEnds: readonly KindOfEnd[] = [
  { outcome: 'success' },
  ...failuresOfAllKeys.map((errorType) => ({ outcome: 'exhausted', errorType }) as const),
  { outcome: 'error', errorType: 'caller-error' },
  { outcome: 'error', errorType: 'deadline' },
  { outcome: 'aborted', errorType: 'aborted' },
];

/** The attributes of a call in both histograms. */
export function attributesOfCall(provider: string, { outcome, errorType }: KindOfEnd): Attributes {
  return { provider, outcome, ...(errorType === undefined ? {} : { 'error.type': errorType }) };
}
