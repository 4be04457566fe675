import type { KeyManagerStatus, KeyRef } from '@api-key-fallback/core';
import type { Attributes, Metric, Sample } from './metric.ts';
import { Series } from './series.ts';
import { nameOfKey, SeriesNames, type KeyLabel } from './series-names.ts';

/** The series with the same `provider`, `pool` and `key`, or with no key. */
export interface SeriesGroup {
  readonly attributes: Attributes;
  readonly gauges: Series;
  /** Of counters, from the first collection to this one. */
  readonly totals: Series;
}

/** Finds the group of each pool and each key. */
export class SeriesGroups {
  readonly #keyLabel: KeyLabel;
  readonly #totals = new Map<string, Series>();
  /** Those of one collection, by id. */
  #groups = new Map<string, SeriesGroup>();
  readonly #pools = new SeriesNames();
  readonly #keys = new SeriesNames();

  constructor(keyLabel: KeyLabel) {
    this.#keyLabel = keyLabel;
  }

  /** Begins a collection. */
  begin(): void {
    this.#groups = new Map();
    for (const names of [this.#pools, this.#keys]) names.begin();
  }

  ofPool({ provider, pool }: KeyManagerStatus): SeriesGroup {
    return this.#of({ provider, pool: this.#pools.pass(provider, pool) });
  }

  /** Returns what finds the groups of the keys of a pool. */
  ofKeysIn(ofPool: SeriesGroup): (key: KeyRef) => SeriesGroup {
    const { provider = '', pool = '' } = ofPool.attributes;
    const found = new Map<string, SeriesGroup>();
    return (ref) => {
      const name = nameOfKey(ref, this.#keyLabel);
      if (name === undefined) return ofPool;
      const key = this.#keys.pass(provider, name, `${pool}\0${name}`);
      const group = found.get(key) ?? this.#of({ provider, pool, key });
      found.set(key, group);
      return group;
    };
  }

  /** Ends the collection. Returns all samples, by metric, and forgets the groups that this collection did not ask for. */
  end(): ReadonlyMap<Metric, readonly Sample[]> {
    for (const names of [this.#pools, this.#keys]) names.end();
    for (const id of this.#totals.keys()) if (!this.#groups.has(id)) this.#totals.delete(id);
    const samples = new Map<Metric, Sample[]>();
    const collect = (metric: Metric, attributes: Attributes, value: number): void => {
      const known = samples.get(metric);
      if (known) known.push({ attributes, value });
      else samples.set(metric, [{ attributes, value }]);
    };
    for (const { attributes, gauges, totals } of this.#groups.values()) {
      for (const series of [gauges, totals]) {
        series.forEach((metric, own, value) => collect(metric, { ...attributes, ...own }, value));
      }
    }
    return samples;
  }

  #of(attributes: Attributes): SeriesGroup {
    const id = Object.values(attributes).join('\0');
    const known = this.#groups.get(id);
    if (known) return known;
    const totals = this.#totals.get(id) ?? new Series();
    this.#totals.set(id, totals);
    const group = { attributes, gauges: new Series(), totals };
    this.#groups.set(id, group);
    return group;
  }
}
