import type { Attributes, AttributeValues, ColumnMetric, ListMetric, Metric } from './metric.ts';

const separator = '\0';
const mergers = { sum: (a: number, b: number) => a + b, min: Math.min, max: Math.max } as const;

/** The series of metrics with the same provider, pool and key. */
export class Series {
  /** Metric → the values of its columns. */
  readonly #columns = new Map<ColumnMetric<never>, (number | undefined)[]>();
  /** Metric → its attributes as one text → the value. */
  readonly #lists = new Map<Metric, Map<string, number>>();

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

  /** Adds what a source has counted since `before`. A value that is lower than before began again at 0. */
  count<Source>(metric: ColumnMetric<Source>, source: Source, before: Source | undefined): void {
    const values = this.#columnsOf(metric);
    const { columns } = metric;
    for (let at = 0; at < columns.length; at++) {
      const value = columns[at]?.read(source) ?? 0;
      const last = before === undefined ? 0 : (columns[at]?.read(before) ?? 0);
      values[at] = (values[at] ?? 0) + (value < last ? value : value - last);
    }
  }

  /** Merges the values of a source. */
  list<Source>(metric: ListMetric<Source>, source: Source): void {
    metric.list(source, (attributes, value) => this.merge(metric, attributes, value));
  }

  /** Merges a value into the series with the same attributes. */
  merge(metric: Metric, attributes: AttributeValues, value: number): void {
    this.#merge(metric, attributes.length === 1 ? (attributes[0] ?? '') : attributes.join(separator), value);
  }

  /** Merges the listed series of others. */
  absorb(others: Series): void {
    for (const [metric, values] of others.#lists) {
      for (const [id, value] of values) this.#merge(metric, id, value);
    }
  }

  /** Calls `visit` with each series. */
  forEach(visit: (metric: Metric, attributes: Attributes, value: number) => void): void {
    for (const [metric, values] of this.#columns) {
      for (const [at, { attributes }] of metric.columns.entries()) {
        const value = values[at];
        if (value !== undefined) visit(metric, named(metric, attributes), value);
      }
    }
    for (const [metric, values] of this.#lists) {
      for (const [id, value] of values) visit(metric, named(metric, id.split(separator)), value);
    }
  }

  #columnsOf(metric: ColumnMetric<never>): (number | undefined)[] {
    let values = this.#columns.get(metric);
    if (!values) this.#columns.set(metric, (values = []));
    return values;
  }

  #merge(metric: Metric, id: string, value: number): void {
    let values = this.#lists.get(metric);
    if (!values) this.#lists.set(metric, (values = new Map()));
    const known = values.get(id);
    values.set(id, known === undefined ? value : mergers[metric.merge](known, value));
  }
}

function named({ attributes: names }: Metric, values: AttributeValues): Attributes {
  return Object.fromEntries(names.slice(0, values.length).map((name, index) => [name, values[index] ?? '']));
}
