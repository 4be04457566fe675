import type { KeyState, KeyStatus, LimitStatus, VerdictKind } from '@api-key-fallback/core';
import type { Reading, ReadMetric } from './metric.ts';

const verdictSet: Readonly<Record<VerdictKind, true>> = {
  transient: true,
  'rate-limited': true,
  'quota-exhausted': true,
  'invalid-key': true,
  'caller-error': true,
};
const stateSet: Readonly<Record<KeyState, true>> = {
  healthy: true,
  suspect: true,
  recovering: true,
  cooling: true,
  disabled: true,
};

export const verdictKinds: readonly VerdictKind[] = Object.keys(verdictSet) as VerdictKind[];
export const keyStates: readonly KeyState[] = Object.keys(stateSet) as KeyState[];

function leftOf({ limit, used, remaining }: LimitStatus): number | undefined {
  return limit === undefined || used === undefined ? remaining : Math.max(0, limit - used);
}

/** Of the limits with the same name, which apply to buckets or come from several sources, the one that leaves least. */
function tightestLimits({ limits = [] }: KeyStatus): Iterable<LimitStatus> {
  const byName = new Map<string, LimitStatus>();
  for (const limit of limits) {
    const known = byName.get(limit.name);
    if (!known || (leftOf(limit) ?? Infinity) < (leftOf(known) ?? Infinity)) byName.set(limit.name, limit);
  }
  return byName.values();
}

function readLimits(key: KeyStatus, amountOf: (limit: LimitStatus) => number | undefined): readonly Reading[] {
  return Array.from(tightestLimits(key)).flatMap((limit) => {
    const amount = amountOf(limit);
    return amount === undefined ? [] : [[amount, limit.name] as const];
  });
}

/** The metrics that are read from the status of a key. Counts are those of this process, because every process is collected. */
export const keyMetrics: readonly ReadMetric<KeyStatus>[] = [
  {
    name: 'api_key_fallback.attempts',
    kind: 'counter',
    unit: '{attempt}',
    description: 'Attempts that have ended.',
    hasKey: true,
    attributes: ['outcome', 'error.type'],
    merge: 'sum',
    read: ({ usage: { successes, failures } }) => [
      [successes, 'success'],
      ...verdictKinds.map((kind): Reading => [failures[kind], 'error', kind]),
    ],
  },
  {
    name: 'api_key_fallback.quota.units',
    kind: 'counter',
    unit: '{unit}',
    description: 'Quota units that attempts have cost; 1 for each attempt where the provider does not price them.',
    hasKey: true,
    attributes: [],
    merge: 'sum',
    read: ({ usage }) => [[usage.quotaUnits]],
  },
  {
    name: 'api_key_fallback.tokens',
    kind: 'counter',
    unit: '{token}',
    description: 'Tokens that answers have stated.',
    hasKey: true,
    attributes: ['direction'],
    merge: 'sum',
    read: ({ usage }) => [
      [usage.inputTokens, 'input'],
      [usage.outputTokens, 'output'],
    ],
  },
  {
    name: 'api_key_fallback.key.state',
    kind: 'gauge',
    unit: '',
    description: 'Whether a key is in a state: 1 for its state, 0 for the others.',
    hasKey: true,
    attributes: ['state'],
    merge: 'sum',
    read: (key) => keyStates.map((state): Reading => [key.state === state ? 1 : 0, state]),
  },
  {
    name: 'api_key_fallback.key.back',
    kind: 'gauge',
    unit: 's',
    isTime: true,
    description:
      'When a key that is out can be used again. Absent while it can be used, and if only an operator restores it.',
    hasKey: true,
    attributes: [],
    merge: 'min',
    read: ({ availableAtMs }) => (availableAtMs === undefined ? [] : [[availableAtMs / 1000]]),
  },
  {
    name: 'api_key_fallback.key.limit.remaining',
    kind: 'gauge',
    unit: '',
    description: 'What a limit leaves of a key. Of several limits with the same name, the one that leaves least.',
    hasKey: true,
    attributes: ['limit'],
    merge: 'sum',
    read: (key) => readLimits(key, leftOf),
  },
  {
    name: 'api_key_fallback.key.limit.used',
    kind: 'gauge',
    unit: '',
    description: 'How much of a limit of a key is used.',
    hasKey: true,
    attributes: ['limit'],
    merge: 'sum',
    read: (key) => readLimits(key, ({ used }) => used),
  },
  {
    name: 'api_key_fallback.key.limit.max',
    kind: 'gauge',
    unit: '',
    description: 'The full amount of a limit of a key.',
    hasKey: true,
    attributes: ['limit'],
    merge: 'sum',
    read: (key) => readLimits(key, ({ limit }) => limit),
  },
  {
    name: 'api_key_fallback.attempts.running',
    kind: 'gauge',
    unit: '{attempt}',
    description: 'Attempts that run now.',
    hasKey: true,
    attributes: [],
    merge: 'sum',
    read: ({ usage }) => [[usage.inUse]],
  },
];
