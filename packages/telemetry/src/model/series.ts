import type { Attributes, Metric, Reading } from './metric.ts';

const separator = '\0';
const mergers = {
  sum: (a: number, b: number) => a + b,
  min: Math.min,
  max: Math.max,
} as const;

function idOf([, first = '', second]: Reading): string {
  return second === undefined ? first : first + separator + second;
}

/** The series of some metrics with the same key, pool and provider. */
export class Series {
  /** Metric → the values of its own attributes, as one text → the value. */
  readonly #values = new Map<Metric, Map<string, number>>();

  /** Merges a reading into the series with the same attributes. */
  merge(metric: Metric, reading: Reading): void {
    this.#merge(metric, idOf(reading), reading[0]);
  }

  /** Adds what has been counted between two readings of a counter. A lower value is one that began again at 0. */
  count(metric: Metric, now: readonly Reading[], before: readonly Reading[] | undefined): void {
    for (const [index, reading] of now.entries()) {
      const last = before?.[index]?.[0] ?? 0;
      this.#merge(metric, idOf(reading), reading[0] < last ? reading[0] : reading[0] - last);
    }
  }

  /** Merges all series of others. */
  absorb(others: Series): void {
    for (const [metric, values] of others.#values) {
      for (const [id, value] of values) this.#merge(metric, id, value);
    }
  }

  /** Calls `visit` with each series. */
  forEach(visit: (metric: Metric, attributes: Attributes, value: number) => void): void {
    for (const [metric, values] of this.#values) {
      for (const [id, value] of values) visit(metric, attributesOf(metric, id), value);
    }
  }

  #merge(metric: Metric, id: string, value: number): void {
    const values = this.#values.get(metric) ?? new Map<string, number>();
    this.#values.set(metric, values);
    const known = values.get(id);
    values.set(id, known === undefined ? value : mergers[metric.merge](known, value));
  }
}

function attributesOf({ attributes }: Metric, id: string): Attributes {
  if (attributes.length === 0) return {};
  const values = id.split(separator);
  return Object.fromEntries(values.map((value, index) => [attributes[index] ?? '', value]));
}
