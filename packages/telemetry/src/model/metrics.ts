import { keyCounters, keyGauges } from './key-metrics.ts';
import { limitMetrics } from './limit-metrics.ts';
import type { Metric } from './metric.ts';
import { exhaustions, failovers, keyTransitions } from './moment-metrics.ts';
import { poolMetrics, usableKeys } from './pool-metrics.ts';

/** All metrics that are read at each collection. */
export const metrics: readonly Metric[] = [
  ...keyCounters,
  ...keyGauges,
  ...limitMetrics,
  usableKeys,
  ...poolMetrics,
  failovers,
  exhaustions,
  keyTransitions,
];
