import type { KeyManagerStatus } from '@api-key-fallback/core';
import { keyStates } from './key-metrics.ts';
import type { Add, ColumnMetric, ListMetric } from './metric.ts';

/** Whether it is known how many keys there are. Before a source has answered once, 0 keys would look like an outage. */
function hasLoaded({ keys, source }: KeyManagerStatus): boolean {
  return keys.length > 0 || !source || source.lastSuccessAtMs !== undefined;
}

function listStates(status: KeyManagerStatus, add: Add): void {
  if (!hasLoaded(status)) return;
  const counts = new Map(keyStates.map((state) => [state, 0]));
  for (const { state } of status.keys) counts.set(state, (counts.get(state) ?? 0) + 1);
  for (const [state, count] of counts) add(state, count);
}

function listTime(source: KeyManagerStatus['source'], timeMs: number | undefined, add: Add): void {
  if (source && timeMs !== undefined) add(source.name, timeMs / 1000);
}

/** The keys that a call can use now. A state does not say that a key is at a configured limit. */
export const usableKeys: ColumnMetric<KeyManagerStatus> = {
  name: 'api_key_fallback.keys.usable',
  kind: 'gauge',
  unit: '{key}',
  description:
    'Keys that a new call can use: neither out nor at a configured limit. Absent until the key source has answered once.',
  hasKey: false,
  attributes: [],
  merge: 'sum',
  columns: [{ attributes: [], read: (status) => (hasLoaded(status) ? status.usable : undefined) }],
};

/** The metrics with an attribute that are read from the status of a manager. */
export const poolMetrics: readonly ListMetric<KeyManagerStatus>[] = [
  {
    name: 'api_key_fallback.keys',
    kind: 'gauge',
    unit: '{key}',
    description: 'Keys in each state. Absent until the key source has answered once.',
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
    list: ({ store }, add) => store && add(store.kind, store.isAway ? 0 : 1),
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
