import type { ApiKeyManager, KeyManagerStatus, KeyStatus } from '@api-key-fallback/core';
import { CountedKeys } from './counted-keys.ts';
import { keyCounters, keyGauges } from './key-metrics.ts';
import { readLimits } from './limit-metrics.ts';
import type { Metric, Sample } from './metric.ts';
import { exhaustions, failovers } from './moment-metrics.ts';
import { Moments, originId } from './moments.ts';
import { poolMetrics, usableKeys } from './pool-metrics.ts';
import { SeriesGroups, type SeriesGroup } from './series-groups.ts';
import type { KeyLabel } from './series-names.ts';
import type { WatchedManagers } from './watched-managers.ts';

/**
 * Reads all metrics of the watched managers.
 *
 * A counter adds up what each key has counted since the last collection. A sum of the keys that are there now would fall with every key
 * that is removed, and a counter that falls counts as one that began again: its whole value would be an increase.
 */
export class MetricsReader {
  readonly #watched: WatchedManagers;
  readonly #groups: SeriesGroups;
  readonly #moments: Moments;
  readonly #counted = new WeakMap<ApiKeyManager, CountedKeys>();

  constructor(watched: WatchedManagers, keyLabel: KeyLabel) {
    this.#watched = watched;
    this.#groups = new SeriesGroups(keyLabel);
    this.#moments = new Moments(watched);
    watched.onLeave((manager) => this.#readLast(manager));
  }

  /** Returns all samples, by metric. */
  read(): ReadonlyMap<Metric, readonly Sample[]> {
    this.#groups.begin();
    for (const manager of this.#watched.current) this.#readManager(manager, manager.status());
    this.#moments.clear();
    return this.#groups.end();
  }

  /** Reads what a manager that leaves has counted since the last collection. */
  #readLast(manager: ApiKeyManager): void {
    const status = manager.status();
    this.#readManager(manager, status);
    // The one that replaces it has taken over what was used, or will do so when its key source answers.
    const isNext = ({ provider, pool }: ApiKeyManager) => provider === manager.provider && pool === manager.pool;
    const next = this.#watched.current.find(isNext);
    if (next) this.#countedOf(next).note(status.keys);
  }

  #readManager(manager: ApiKeyManager, status: KeyManagerStatus): void {
    const ofPool = this.#groups.ofPool(status);
    this.#readPool(status, ofPool);
    this.#readKeys(status, this.#groups.ofKeysIn(ofPool), this.#countedOf(manager));
  }

  #readPool(status: KeyManagerStatus, { gauges, totals }: SeriesGroup): void {
    gauges.read(usableKeys, status);
    for (const metric of poolMetrics) gauges.list(metric, status);
    for (const metric of [failovers, exhaustions]) {
      for (const attribute of metric.initial) totals.merge(metric, attribute, 0);
    }
    const moments = this.#moments.takePool(originId(status));
    if (moments) totals.absorb(moments);
  }

  #readKeys(status: KeyManagerStatus, groupOf: (key: KeyStatus) => SeriesGroup, counted: CountedKeys): void {
    const takeMoments = this.#moments.takerOfKeys(originId(status));
    for (const key of status.keys) {
      const { gauges, totals } = groupOf(key);
      const last = counted.lastOf(key);
      for (const metric of keyCounters) totals.count(metric, key, last);
      for (const metric of keyGauges) gauges.read(metric, key);
      if (key.limits) readLimits(key.limits, (metric, limit, value) => gauges.merge(metric, limit, value));
      const moments = takeMoments?.(key.keyId);
      if (moments) totals.absorb(moments);
    }
    counted.note(status.keys);
  }

  #countedOf(manager: ApiKeyManager): CountedKeys {
    const counted = this.#counted.get(manager) ?? new CountedKeys();
    this.#counted.set(manager, counted);
    return counted;
  }
}
