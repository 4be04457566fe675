import type { CallEnd } from '@api-key-fallback/core';
import type {
  BatchObservableCallback,
  BatchObservableResult,
  Histogram,
  Meter,
  MeterProvider,
  Observable,
} from '@opentelemetry/api';
import { attributesOfCall, callDuration, callKeysTried, type CallMetric } from '../model/call-metrics.ts';
import type { Metric, Sample } from '../model/metric.ts';
import { metrics } from '../model/metrics.ts';
import { EndedSeries } from './ended-series.ts';
import { scope } from './scope.ts';

/** Reads the samples of all metrics. */
export type ReadMetrics = () => ReadonlyMap<Metric, readonly Sample[]>;

/** The instruments of one meter provider, until `close()`. */
export class MeterInstruments {
  readonly #meter: Meter;
  readonly #observables: ReadonlyMap<Metric, Observable>;
  readonly #duration: Histogram;
  readonly #keysTried: Histogram;
  /** One callback for all, so that a collection reads the status of each manager once. */
  readonly #observe: BatchObservableCallback;

  constructor(provider: MeterProvider, read: ReadMetrics, durationBuckets: readonly number[] = callDuration.buckets) {
    this.#meter = provider.getMeter(scope);
    this.#observables = new Map(metrics.map((metric) => [metric, createObservable(this.#meter, metric)]));
    this.#duration = createHistogram(this.#meter, { ...callDuration, buckets: durationBuckets });
    this.#keysTried = createHistogram(this.#meter, callKeysTried);
    const ended = new EndedSeries();
    this.#observe = (result) => {
      const samples = read();
      for (const each of [samples, ended.since(samples)]) this.#report(each, result);
    };
    this.#meter.addBatchObservableCallback(this.#observe, [...this.#observables.values()]);
  }

  /** Records a call that has ended. */
  record(provider: string, end: CallEnd): void {
    const attributes = attributesOfCall(provider, end);
    this.#duration.record(end.durationMs / 1000, attributes);
    this.#keysTried.record(end.keysTried, attributes);
  }

  #report(samples: ReturnType<ReadMetrics>, result: BatchObservableResult): void {
    for (const [metric, all] of samples) {
      const observable = this.#observables.get(metric);
      if (observable) for (const { value, attributes } of all) result.observe(observable, value, attributes);
    }
  }

  close(): void {
    this.#meter.removeBatchObservableCallback(this.#observe, [...this.#observables.values()]);
  }
}

function createObservable(meter: Meter, { name, kind, unit, description }: Metric): Observable {
  const options = { unit, description };
  return kind === 'counter' ? meter.createObservableCounter(name, options) : meter.createObservableGauge(name, options);
}

function createHistogram(meter: Meter, { name, unit, description, buckets }: CallMetric): Histogram {
  return meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: [...buckets] } });
}
