export { collectKeyMetrics } from './prometheus/collect-key-metrics.ts';
export type { CollectKeyMetricsOptions } from './prometheus/collect-key-metrics.ts';
export { metricsHandler } from './prometheus/metrics-handler.ts';
export type { MetricsHandler, MetricsHandlerOptions } from './prometheus/metrics-handler.ts';
export type { KeyLabel } from './model/series-names.ts';
export type { TelemetryOptions } from './model/telemetry-options.ts';
