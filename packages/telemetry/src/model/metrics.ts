import { keyCounters, keyGauges, keyLimits } from './key-metrics.ts';
import type { Metric } from './metric.ts';
import { exhaustions, failovers, keyTransitions } from './moment-metrics.ts';
import { poolMetrics } from './pool-metrics.ts';

/** All metrics that are read when somebody collects them. */
export const metrics: readonly Metric[] = [
  ...keyCounters,
  ...keyGauges,
  ...keyLimits,
  ...poolMetrics,
  failovers,
  exhaustions,
  keyTransitions,
];
