import type { Attributes, Metric, Sample } from '../model/metric.ts';

/**
 * Finds the gauges of keys that have ended, which are then 0.
 *
 * The SDK exports the last value of a series for as long as the process lives, so the alarm about an invalid key would outlive the key:
 * https://github.com/open-telemetry/opentelemetry-js/issues/4096
 */
export class EndedSeries {
  #last: ReadonlyMap<Metric, ReadonlyMap<string, Attributes>> = new Map();

  /** Returns those that were there at the last collection and are not in this one. */
  since(samples: ReadonlyMap<Metric, readonly Sample[]>): ReadonlyMap<Metric, readonly Sample[]> {
    const last = this.#last;
    const ofKeys = [...samples].filter(([{ kind, hasKey }]) => kind === 'gauge' && hasKey);
    this.#last = new Map(ofKeys.map(([metric, all]) => [metric, byId(all)]));
    return new Map(Array.from(last, ([metric, before]) => [metric, this.#ended(metric, before)]));
  }

  #ended(metric: Metric, before: ReadonlyMap<string, Attributes>): readonly Sample[] {
    const now = this.#last.get(metric);
    return [...before].filter(([id]) => !now?.has(id)).map(([, attributes]) => ({ attributes, value: 0 }));
  }
}

function byId(samples: readonly Sample[]): ReadonlyMap<string, Attributes> {
  return new Map(samples.map(({ attributes }) => [JSON.stringify(attributes), attributes]));
}
