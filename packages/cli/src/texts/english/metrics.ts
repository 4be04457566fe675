/** What `metrics` says. */
export const metrics = {
  description: 'Write the metrics of the keys for Prometheus, once',
};

export type MetricsTexts = typeof metrics;
