import type { KeyManagerStatus } from '@api-key-fallback/core';
import { keyStates } from './key-metrics.ts';
import type { Reading, ReadMetric } from './metric.ts';

function countStates({ keys }: KeyManagerStatus): readonly Reading[] {
  const counts = new Map(keyStates.map((state) => [state, 0]));
  for (const { state } of keys) counts.set(state, (counts.get(state) ?? 0) + 1);
  return Array.from(counts, ([state, count]) => [count, state] as const);
}

function readTime(source: KeyManagerStatus['source'], timeMs: number | undefined): readonly Reading[] {
  return source && timeMs !== undefined ? [[timeMs / 1000, source.name]] : [];
}

/** The metrics that are read from the status of a manager. */
export const poolMetrics: readonly ReadMetric<KeyManagerStatus>[] = [
  {
    name: 'api_key_fallback.keys',
    kind: 'gauge',
    unit: '{key}',
    description: 'Keys in each state.',
    hasKey: false,
    attributes: ['state'],
    merge: 'sum',
    read: countStates,
  },
  {
    name: 'api_key_fallback.store.up',
    kind: 'gauge',
    unit: '',
    description: 'Whether the last exchange with the store succeeded: 1 or 0. Absent without a store.',
    hasKey: false,
    attributes: ['store'],
    merge: 'min',
    read: ({ store }) => (store ? [[store.isAway ? 0 : 1, store.kind]] : []),
  },
  {
    name: 'api_key_fallback.keys.source.last_attempt',
    kind: 'gauge',
    unit: 's',
    isTime: true,
    description: 'When the key source was last asked. Absent without a source.',
    hasKey: false,
    attributes: ['source'],
    merge: 'min',
    read: ({ source }) => readTime(source, source?.lastAttemptAtMs),
  },
  {
    name: 'api_key_fallback.keys.source.last_success',
    kind: 'gauge',
    unit: 's',
    isTime: true,
    description: 'When the key source last answered with its keys. Absent before that, and without a source.',
    hasKey: false,
    attributes: ['source'],
    merge: 'min',
    read: ({ source }) => readTime(source, source?.lastSuccessAtMs),
  },
];
