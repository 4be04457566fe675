import type { KeyManagerStatus, KeyStatus } from '@api-key-fallback/core';
import { keyCounters, keyGauges, keyLimits } from './key-metrics.ts';
import type { Metric, Sample } from './metric.ts';
import { exhaustions, failovers } from './moment-metrics.ts';
import { Moments, originId } from './moments.ts';
import { poolMetrics } from './pool-metrics.ts';
import type { Series } from './series.ts';
import { SeriesGroups, type SeriesGroup } from './series-groups.ts';
import type { KeyLabel } from './series-names.ts';
import type { WatchedManagers } from './watched-managers.ts';

/** Id of a manager → the keys that it had, by their ids. */
type KnownKeys = Map<string, ReadonlyMap<string, KeyStatus>>;

/**
 * Reads all metrics of the watched managers.
 *
 * A counter adds up what each key has counted since the last collection. A sum of the keys that are there now would fall with every key
 * that is removed, and a counter that falls counts as one that began again: its whole value would be an increase.
 */
export class MetricsReader {
  readonly #watched: WatchedManagers;
  readonly #keyLabel: KeyLabel;
  readonly #moments: Moments;
  #totals: ReadonlyMap<string, Series> = new Map();
  #keys: KnownKeys = new Map();

  constructor(watched: WatchedManagers, keyLabel: KeyLabel) {
    this.#watched = watched;
    this.#keyLabel = keyLabel;
    this.#moments = new Moments(watched);
  }

  /** Returns the samples of each metric that has any. */
  read(): ReadonlyMap<Metric, readonly Sample[]> {
    const groups = new SeriesGroups(this.#keyLabel, this.#totals);
    const keys: KnownKeys = new Map();
    for (const manager of this.#watched.current) {
      const status = manager.status();
      const ofPool = groups.ofPool(status);
      this.#readPool(status, ofPool);
      this.#readKeys(status, groups.ofKeysIn(ofPool), keys);
    }
    this.#moments.clear();
    this.#totals = groups.totals;
    this.#keys = keys;
    return groups.samples();
  }

  #readPool(status: KeyManagerStatus, { gauges, totals }: SeriesGroup): void {
    for (const metric of poolMetrics) gauges.list(metric, status);
    for (const metric of [failovers, exhaustions]) {
      for (const attributes of metric.initial) totals.merge(metric, attributes, 0);
    }
    const moments = this.#moments.takePool(originId(status));
    if (moments) totals.absorb(moments);
  }

  #readKeys(status: KeyManagerStatus, groupOf: (key: KeyStatus) => SeriesGroup, keys: KnownKeys): void {
    const origin = originId(status);
    let id = origin;
    // Managers of a list can have the same provider and pool.
    while (keys.has(id)) id += '+';
    const before = this.#keys.get(id);
    const known = new Map<string, KeyStatus>();
    keys.set(id, known);
    const takeMoments = this.#moments.takerOfKeys(origin);
    for (const key of status.keys) {
      const { keyId } = key;
      const { gauges, totals } = groupOf(key);
      known.set(keyId, key);
      const last = before?.get(keyId);
      for (const metric of keyCounters) totals.count(metric, key, last);
      for (const metric of keyGauges) gauges.read(metric, key);
      if (key.limits) for (const metric of keyLimits) gauges.list(metric, key);
      const moments = takeMoments?.(keyId);
      if (moments) totals.absorb(moments);
    }
  }
}
