import type { KeyManagerEvents, KeyState } from '@api-key-fallback/core';
import type { AttributeValues, Metric } from './metric.ts';
import { exhaustions, failovers, keyTransitions } from './moment-metrics.ts';
import { Series } from './series.ts';
import { SeriesNames } from './series-names.ts';
import type { WatchedManagers } from './watched-managers.ts';

type TransitionName = 'key.suspected' | 'key.cooled-down' | 'key.disabled' | 'key.recovered';

const stateAfter: Readonly<Record<TransitionName, KeyState>> = {
  'key.suspected': 'suspect',
  'key.cooled-down': 'cooling',
  'key.disabled': 'disabled',
  'key.recovered': 'healthy',
};

/** Whose events they are. */
interface Origin {
  readonly provider: string;
  readonly pool: string;
}

/** Identifies a pool among those of all providers. */
export function originId({ provider, pool }: Origin): string {
  return `${provider}\0${pool}`;
}

/** Counts the events since they were last taken, of each pool and of each of its keys. */
export class Moments {
  readonly #pools = new Map<string, Series>();
  /** Id of a pool → id of a key → its transitions. */
  readonly #keys = new Map<string, Map<string, Series>>();
  /** Applications can give reasons of their own, and any number of them. */
  readonly #reasons = new SeriesNames();

  constructor(watched: WatchedManagers) {
    watched.on('call.fell-over', (event) => this.#count(event, failovers, [event.verdict ?? '_OTHER']));
    watched.on('keys.exhausted', (event) => this.#count(event, exhaustions, [event.reason]));
    for (const name of Object.keys(stateAfter) as TransitionName[]) {
      watched.on(name, (event) => this.#countTransition(event, stateAfter[name]));
    }
  }

  takePool(id: string): Series | undefined {
    return take(this.#pools, id);
  }

  /** Returns what takes the counts of a key of a pool; `undefined` if there are none. */
  takerOfKeys(id: string): ((keyId: string) => Series | undefined) | undefined {
    const keys = this.#keys.get(id);
    return keys && ((keyId) => take(keys, keyId));
  }

  /** Forgets what was not taken: its pools and keys are gone. */
  clear(): void {
    this.#pools.clear();
    this.#keys.clear();
  }

  #count(origin: Origin, metric: Metric, attributes: AttributeValues): void {
    seriesOf(this.#pools, originId(origin)).merge(metric, attributes, 1);
  }

  #countTransition(event: KeyManagerEvents[TransitionName], to: KeyState): void {
    // The process that has caused it counts it.
    if (event.isFromStore) return;
    const id = originId(event);
    const keys = this.#keys.get(id) ?? new Map<string, Series>();
    this.#keys.set(id, keys);
    const reason = 'reason' in event ? [this.#reasons.pass(event.provider, event.reason)] : [];
    seriesOf(keys, event.key.keyId).merge(keyTransitions, [to, ...reason], 1);
  }
}

function seriesOf(all: Map<string, Series>, id: string): Series {
  const series = all.get(id) ?? new Series();
  all.set(id, series);
  return series;
}

function take(all: Map<string, Series>, id: string): Series | undefined {
  const series = all.get(id);
  all.delete(id);
  return series;
}
