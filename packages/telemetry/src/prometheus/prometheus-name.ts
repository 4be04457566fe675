import type { Metric } from '../model/metric.ts';

type Named = Pick<Metric, 'name' | 'unit'> & Partial<Pick<Metric, 'kind' | 'isTime'>>;

/** The name of a metric in Prometheus, by its conventions: `_total` for counters, and the unit if it is seconds. */
export function prometheusName({ name, unit, kind, isTime = false }: Named): string {
  const time = isTime ? '_timestamp' : '';
  const seconds = unit === 's' ? '_seconds' : '';
  const total = kind === 'counter' ? '_total' : '';
  return plain(name) + time + seconds + total;
}

/** A name without the dots of OpenTelemetry: of a metric, or of an attribute such as `error.type`. */
export function plain(name: string): string {
  return name.replaceAll('.', '_');
}
