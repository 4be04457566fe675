import type { CallEnd } from '@api-key-fallback/core';
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

/** The attributes of a call in both histograms. */
export function attributesOfCall(provider: string, { outcome, errorType }: CallEnd): Attributes {
  return { provider, outcome, ...(errorType === undefined ? {} : { 'error.type': errorType }) };
}
