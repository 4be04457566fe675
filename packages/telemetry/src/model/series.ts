import type { Attributes, AttributeValues, ColumnMetric, ListMetric, Metric } from './metric.ts';

const separator = '\0';
const mergers = { sum: (a: number, b: number) => a + b, min: Math.min } as const;

/** Identifies a series of a metric by several attributes. */
export function seriesId(...attributes: readonly string[]): string {
  return attributes.join(separator);
}

/** The series of metrics with the same provider, pool and key. */
export class Series {
  /** Metric → the values of its columns. */
  readonly #columns = new Map<ColumnMetric<never>, (number | undefined)[]>();
  /** Metric → its attributes as one text → the value. */
  readonly #lists = new Map<Metric, Map<string, number>>();
  /** The names and attributes of the absorbed series that have not been visited yet. */
  readonly #new = new Set<string>();

  /** Merges the values of a source. */
  read<Source>(metric: ColumnMetric<Source>, source: Source): void {
    const values = this.#columnsOf(metric);
    const { columns, merge } = metric;
    for (let at = 0; at < columns.length; at++) {
      const value = columns[at]?.read(source);
      const known = values[at];
      if (value !== undefined) values[at] = known === undefined ? value : mergers[merge](known, value);
    }
  }

  /** Adds what a source has counted since `before`. Tokens can be corrected downwards, but a counter that falls counts as a new one. */
  count<Source>(metric: ColumnMetric<Source>, source: Source, before: Source | undefined): void {
    const values = this.#columnsOf(metric);
    const { columns } = metric;
    // Most of 10,000 keys have not changed.
    if (source === before && values.length > 0) return;
    for (let at = 0; at < columns.length; at++) {
      const value = columns[at]?.read(source) ?? 0;
      const last = before === undefined ? 0 : (columns[at]?.read(before) ?? 0);
      values[at] = (values[at] ?? 0) + Math.max(0, value - last);
    }
  }

  /** Merges the values of a source. */
  list<Source>(metric: ListMetric<Source>, source: Source): void {
    const values = this.#listOf(metric);
    metric.list(source, (attribute, value) => mergeInto(values, metric, attribute, value));
  }

  /** Merges a value into a series: that of the attribute `id`, or of several with `seriesId()`. */
  merge(metric: Metric, id: string, value: number): void {
    mergeInto(this.#listOf(metric), metric, id, value);
  }

  /** Merges the listed series of others, which count events. */
  absorb(others: Series): void {
    for (const [metric, values] of others.#lists) {
      const own = this.#listOf(metric);
      for (const [id, value] of values) {
        if (!own.has(id)) this.#new.add(seriesId(metric.name, id));
        mergeInto(own, metric, id, value);
      }
    }
  }

  /** Calls `visit` with each series. An absorbed one is 0 the first time: Prometheus sees no increase in a series that begins with 1. */
  forEach(visit: (metric: Metric, attributes: Attributes, value: number) => void): void {
    for (const [metric, values] of this.#columns) {
      for (const [at, { attributes }] of metric.columns.entries()) {
        const value = values[at];
        if (value !== undefined) visit(metric, named(metric, attributes), value);
      }
    }
    for (const [metric, values] of this.#lists) {
      for (const [id, value] of values) {
        const isNew = this.#new.delete(seriesId(metric.name, id));
        visit(metric, named(metric, id.split(separator)), isNew ? 0 : value);
      }
    }
  }

  #columnsOf(metric: ColumnMetric<never>): (number | undefined)[] {
    let values = this.#columns.get(metric);
    if (!values) this.#columns.set(metric, (values = []));
    return values;
  }

  #listOf(metric: Metric): Map<string, number> {
    let values = this.#lists.get(metric);
    if (!values) this.#lists.set(metric, (values = new Map()));
    return values;
  }
}

function mergeInto(values: Map<string, number>, { merge }: Metric, id: string, value: number): void {
  const known = values.get(id);
  values.set(id, known === undefined ? value : mergers[merge](known, value));
}

function named({ attributes: names }: Metric, values: AttributeValues): Attributes {
  return Object.fromEntries(names.slice(0, values.length).map((name, index) => [name, values[index] ?? '']));
}
