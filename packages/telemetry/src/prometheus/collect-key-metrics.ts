import { InvalidOptionsError, type CallTracer } from '@api-key-fallback/core';
import { checkOptionNames } from '@api-key-fallback/core/adapter';
import { Counter, Gauge, Histogram, register as defaultRegister, type Registry } from 'prom-client';
import { attributesOfCall, callDuration, callKeysTried, type CallMetric } from '../model/call-metrics.ts';
import type { Attributes, Metric, Sample } from '../model/metric.ts';
import { MetricsReader } from '../model/metrics-reader.ts';
import { metrics } from '../model/metrics.ts';
import { checkTelemetryOptions, telemetryOptionNames, type TelemetryOptions } from '../model/telemetry-options.ts';
import { WatchedManagers } from '../model/watched-managers.ts';
import { checkRegister } from './check-register.ts';
import { plain, prometheusName } from './prometheus-name.ts';

/** Options of {@link collectKeyMetrics}. */
export interface CollectKeyMetricsOptions extends TelemetryOptions {
  /** The register that gets the metrics. @default the default one of prom-client */
  readonly register?: Registry;
}

const optionNames = new Set(['register', ...telemetryOptionNames]);
const errorType = 'error.type';
const histograms = [callDuration, callKeysTried];

/**
 * Adds the metrics of key managers to a register of prom-client. They are read from `status()` at each scrape; only the two histograms
 * of calls are recorded before. Adds no other metric, and leaves the default metrics of the process as they are.
 *
 * Returns the function that removes them, with all listeners.
 *
 * @throws InvalidOptionsError for an invalid option, or if the register has the metrics already.
 * @example
 * collectKeyMetrics();
 * createServer(metricsHandler().node).listen(9464);
 */
export function collectKeyMetrics(options: CollectKeyMetricsOptions = {}): () => void {
  checkOptionNames('options', options, optionNames, '{ register }');
  checkTelemetryOptions(options);
  const { register = defaultRegister, managers, keyLabel = 'label', tokens = true } = options;
  checkRegister(register);
  const names = [...metrics, ...histograms].map(prometheusName);
  checkAreNew(names, register);
  const watched = new WatchedManagers(managers);
  const read = oncePerScrape(new MetricsReader(watched, keyLabel));
  for (const metric of metrics) {
    const hasKey = metric.hasKey && keyLabel !== 'none';
    addMetric(register, metric, hasKey, () => read().get(metric) ?? []);
  }
  const { durationBuckets = callDuration.buckets } = options;
  watched.trace(recordCalls(register, durationBuckets, tokens));
  return () => {
    watched.stop();
    // Once, because the register can have got the metrics again.
    for (const name of names.splice(0)) register.removeSingleMetric(name);
  };
}

/** @throws InvalidOptionsError if the register has the metrics already. */
function checkAreNew(names: readonly string[], register: Registry): void {
  const known = names.find((name) => register.getSingleMetric(name) !== undefined);
  if (known === undefined) return;
  throw new InvalidOptionsError(
    `The register has the metric ${known} already. Call collectKeyMetrics() once for each register, or first call the function that ` +
      'it has returned.',
  );
}

/** Reads once for all metrics of a scrape: prom-client asks each in the same turn. */
function oncePerScrape(reader: MetricsReader): () => ReadonlyMap<Metric, readonly Sample[]> {
  let reading: ReadonlyMap<Metric, readonly Sample[]> | undefined;
  return () => {
    if (!reading) queueMicrotask(() => (reading = undefined));
    return (reading ??= reader.read());
  };
}

function addMetric(register: Registry, metric: Metric, hasKey: boolean, read: () => readonly Sample[]): void {
  const own = hasKey ? ['key', ...metric.attributes] : metric.attributes;
  const config = {
    name: prometheusName(metric),
    help: metric.description,
    labelNames: ['provider', 'pool', ...own].map(plain),
    registers: [register],
    // Of the workers of a cluster.
    aggregator: metric.merge,
  };
  if (metric.kind === 'counter') {
    const collect = (): void => {
      counter.reset();
      for (const { attributes, value } of read()) counter.inc(labelsOf(attributes), value);
    };
    const counter = new Counter({ ...config, collect });
    return;
  }
  const collect = (): void => {
    gauge.reset();
    for (const { attributes, value } of read()) gauge.set(labelsOf(attributes), value);
  };
  const gauge = new Gauge({ ...config, collect });
}

function recordCalls(register: Registry, durationBuckets: readonly number[], countsTokens: boolean): CallTracer {
  const duration = addHistogram(register, callDuration, durationBuckets);
  const keysTried = addHistogram(register, callKeysTried, callKeysTried.buckets);
  return {
    countsTokens,
    traceCall(call, run) {
      call.onEnd((end) => {
        const labels = labelsOf(attributesOfCall(call.provider, end));
        duration.observe(labels, end.durationMs / 1000);
        keysTried.observe(labels, end.keysTried);
      });
      return run();
    },
  };
}

function addHistogram(register: Registry, metric: CallMetric, buckets: readonly number[]): Histogram {
  return new Histogram({
    name: prometheusName(metric),
    help: metric.description,
    labelNames: metric.attributes.map(plain),
    // prom-client freezes the list.
    buckets: [...buckets],
    registers: [register],
  });
}

/** The labels of a series by their names in Prometheus. Only `error.type` has another one. */
function labelsOf(attributes: Attributes): Attributes {
  const { [errorType]: type, ...others } = attributes;
  return type === undefined ? attributes : { ...others, [plain(errorType)]: type };
}
