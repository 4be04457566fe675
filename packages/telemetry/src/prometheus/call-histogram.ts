import type { CallEnd } from '@api-key-fallback/core';
import { Histogram, type Registry } from 'prom-client';
import { attributesOfCall, usualEnds, type CallMetric } from '../model/call-metrics.ts';
import type { WatchedManagers } from '../model/watched-managers.ts';
import { plain, prometheusName } from './prometheus-name.ts';
import { prometheusLabels } from './prometheus-labels.ts';

/**
 * A histogram of calls in a register.
 *
 * The usual series of a provider begin at 0 when the provider is first seen. Prometheus sees no increase in a series that begins at 1,
 * so the first failures would be missing.
 */
export class CallHistogram {
  readonly #histogram: Histogram;
  readonly #begun = new Set<string>();

  constructor(register: Registry, metric: CallMetric, buckets: readonly number[], watched: WatchedManagers) {
    this.#histogram = new Histogram({
      name: prometheusName(metric),
      help: metric.description,
      labelNames: metric.attributes.map(plain),
      // prom-client freezes the list.
      buckets: [...buckets],
      registers: [register],
      collect: () => {
        for (const { provider } of watched.current) this.#begin(provider);
      },
    });
  }

  record(provider: string, end: CallEnd, value: number): void {
    this.#begin(provider);
    this.#histogram.observe(prometheusLabels(attributesOfCall(provider, end)), value);
  }

  #begin(provider: string): void {
    if (this.#begun.has(provider)) return;
    this.#begun.add(provider);
    for (const end of usualEnds) this.#histogram.zero(prometheusLabels(attributesOfCall(provider, end)));
  }
}
