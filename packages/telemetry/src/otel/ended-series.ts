import type { Attributes, Metric, Sample } from '../model/metric.ts';

/**
 * Finds the gauges of keys that are gone, which are then 0.
 *
 * The SDK exports the last value of a series for as long as the process lives, so the alarm about an invalid key would outlive the key:
 * https://github.com/open-telemetry/opentelemetry-js/issues/4096
 */
export class EndedSeries {
  /** Metric → id of a series → its attributes, of the keys that are there. */
  readonly #series = new Map<Metric, Map<string, Attributes>>();

  /** Returns the series of keys that had samples earlier and have none now. */
  since(samples: ReadonlyMap<Metric, readonly Sample[]>): ReadonlyMap<Metric, readonly Sample[]> {
    const keys = new Set<string>();
    for (const [metric, all] of samples) {
      if (metric.kind !== 'gauge' || !metric.hasKey) continue;
      const series = this.#series.get(metric) ?? new Map<string, Attributes>();
      this.#series.set(metric, series);
      for (const { attributes } of all) {
        keys.add(keyIdOf(attributes));
        series.set(JSON.stringify(attributes), attributes);
      }
    }
    return new Map(Array.from(this.#series, ([metric, series]) => [metric, takeEnded(series, keys)]));
  }
}

/** Removes and returns the series of keys that are not among these. A series that only has no value now keeps its last one. */
function takeEnded(series: Map<string, Attributes>, keys: ReadonlySet<string>): readonly Sample[] {
  const ended = [...series].filter(([, attributes]) => !keys.has(keyIdOf(attributes)));
  for (const [id] of ended) series.delete(id);
  return ended.map(([, attributes]) => ({ attributes, value: 0 }));
}

/** Without the label `key`, all keys of a pool are one. */
function keyIdOf({ provider, pool, key }: Attributes): string {
  return JSON.stringify([provider, pool, key]);
}
