import type { KeyManagerStatus } from '@api-key-fallback/core';
import { keyStates } from './key-metrics.ts';
import type { Add, ListMetric } from './metric.ts';

function listStates({ keys }: KeyManagerStatus, add: Add): void {
  const counts = new Map(keyStates.map((state) => [state, 0]));
  for (const { state } of keys) counts.set(state, (counts.get(state) ?? 0) + 1);
  for (const [state, count] of counts) add([state], count);
}

function listTime(source: KeyManagerStatus['source'], timeMs: number | undefined, add: Add): void {
  if (source && timeMs !== undefined) add([source.name], timeMs / 1000);
}

/** The metrics that are read from the status of a manager. */
export const poolMetrics: readonly ListMetric<KeyManagerStatus>[] = [
  {
    name: 'api_key_fallback.keys',
    kind: 'gauge',
    unit: '{key}',
    description: 'Keys in each state.',
    hasKey: false,
    attributes: ['state'],
    merge: 'sum',
    list: listStates,
  },
  {
    name: 'api_key_fallback.store.up',
    kind: 'gauge',
    unit: '',
    description: 'Whether the last exchange with the store succeeded: 1 or 0. Absent without a store.',
    hasKey: false,
    attributes: ['store'],
    merge: 'min',
    list: ({ store }, add) => store && add([store.kind], store.isAway ? 0 : 1),
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
    list: ({ source }, add) => listTime(source, source?.lastAttemptAtMs, add),
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
    list: ({ source }, add) => listTime(source, source?.lastSuccessAtMs, add),
  },
];
