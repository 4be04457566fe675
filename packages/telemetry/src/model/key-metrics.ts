import type { KeyState, KeyStatus, LimitStatus, VerdictKind } from '@api-key-fallback/core';
import type { Add, Column, ColumnMetric, ListMetric } from './metric.ts';

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

function leftOf({ limit = 0, used = 0, remaining = Math.max(0, limit - used) }: LimitStatus): number {
  return remaining;
}

/** Of the limits with the same name, which come from several sources or apply to buckets, the one that leaves least. */
function tightestOf(limits: readonly LimitStatus[]): readonly LimitStatus[] {
  const tightest: LimitStatus[] = [];
  for (const limit of limits) {
    const at = tightest.findIndex(({ name }) => name === limit.name);
    const known = tightest[at];
    if (!known) tightest.push(limit);
    else if (leftOf(limit) < leftOf(known)) tightest[at] = limit;
  }
  return tightest;
}

function listLimits({ limits = [] }: KeyStatus, add: Add, amountOf: (limit: LimitStatus) => number | undefined): void {
  for (const limit of tightestOf(limits)) {
    const amount = amountOf(limit);
    if (amount !== undefined) add([limit.name], amount);
  }
}

/** What a key has counted in this process: every process is collected. */
export const keyCounters: readonly ColumnMetric<KeyStatus>[] = [
  {
    name: 'api_key_fallback.attempts',
    kind: 'counter',
    unit: '{attempt}',
    description: 'Attempts that have ended.',
    hasKey: true,
    attributes: ['outcome', 'error.type'],
    merge: 'sum',
    columns: [
      { attributes: ['success'], read: ({ usage }) => usage.successes },
      ...verdictKinds.map((kind): Column<KeyStatus> => ({
        attributes: ['error', kind],
        read: ({ usage }) => usage.failures[kind],
      })),
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
    columns: [{ attributes: [], read: ({ usage }) => usage.quotaUnits }],
  },
  {
    name: 'api_key_fallback.tokens',
    kind: 'counter',
    unit: '{token}',
    description: 'Tokens that answers have stated.',
    hasKey: true,
    attributes: ['direction'],
    merge: 'sum',
    columns: [
      { attributes: ['input'], read: ({ usage }) => usage.inputTokens },
      { attributes: ['output'], read: ({ usage }) => usage.outputTokens },
    ],
  },
];

/** What a key is now. */
export const keyGauges: readonly ColumnMetric<KeyStatus>[] = [
  {
    name: 'api_key_fallback.key.state',
    kind: 'gauge',
    unit: '',
    description: 'Whether a key is in a state: 1 for its state, 0 for the others.',
    hasKey: true,
    attributes: ['state'],
    merge: 'sum',
    columns: keyStates.map((state) => ({ attributes: [state], read: (key) => (key.state === state ? 1 : 0) })),
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
    columns: [
      {
        attributes: [],
        read: ({ availableAtMs }) => (availableAtMs === undefined ? undefined : availableAtMs / 1000),
      },
    ],
  },
  {
    name: 'api_key_fallback.attempts.running',
    kind: 'gauge',
    unit: '{attempt}',
    description: 'Attempts that run now.',
    hasKey: true,
    attributes: [],
    merge: 'sum',
    columns: [{ attributes: [], read: ({ usage }) => usage.inUse }],
  },
];

/** The limits of a key. */
export const keyLimits: readonly ListMetric<KeyStatus>[] = [
  {
    name: 'api_key_fallback.key.limit.remaining',
    kind: 'gauge',
    unit: '',
    description: 'What a limit leaves of a key. Of several limits with the same name, the one that leaves least.',
    hasKey: true,
    attributes: ['limit'],
    merge: 'sum',
    list: (key, add) => listLimits(key, add, leftOf),
  },
  {
    name: 'api_key_fallback.key.limit.used',
    kind: 'gauge',
    unit: '',
    description: 'How much of a limit of a key is used.',
    hasKey: true,
    attributes: ['limit'],
    merge: 'sum',
    list: (key, add) => listLimits(key, add, ({ used }) => used),
  },
  {
    name: 'api_key_fallback.key.limit.max',
    kind: 'gauge',
    unit: '',
    description: 'The full amount of a limit of a key.',
    hasKey: true,
    attributes: ['limit'],
    merge: 'sum',
    list: (key, add) => listLimits(key, add, ({ limit }) => limit),
  },
];
