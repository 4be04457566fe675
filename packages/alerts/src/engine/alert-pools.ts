import type { Severity } from '../model/alert.ts';
import type { Moment } from './moment.ts';
import { PoolAlerts } from './pool-alerts.ts';
import type { TrackedAlert } from './tracked-alert.ts';

/** The alerts of each pool of one provider. */
export class AlertPools {
  readonly #provider: string;
  readonly #pools = new Map<string, PoolAlerts>();

  constructor(provider: string) {
    this.#provider = provider;
  }

  /** The alerts of all pools. */
  get all(): readonly TrackedAlert[] {
    return [...this.#pools.values()].flatMap(({ all }) => all);
  }

  get isEmpty(): boolean {
    return this.#pools.size === 0;
  }

  /** Whether there is an alert of this pool. */
  tracks(pool: string): boolean {
    return (this.#pools.get(pool)?.all.length ?? 0) > 0;
  }

  of(name: string): PoolAlerts {
    const pool = this.#pools.get(name) ?? new PoolAlerts(this.#provider, name);
    this.#pools.set(name, pool);
    return pool;
  }

  /** Notes which pools have a manager now. Returns the severities of the alerts that were resolved by that. */
  watch(watched: ReadonlySet<string>, now: Moment): readonly Severity[] {
    const resolved: Severity[] = [];
    for (const [name, pool] of this.#pools) {
      if (!watched.has(name)) resolved.push(...pool.unwatch(now));
      if (pool.all.length === 0) this.#pools.delete(name);
    }
    return resolved;
  }

  /** Forgets an alert, whatever its pool. */
  forget(fingerprint: string): void {
    for (const pool of this.#pools.values()) pool.forget(fingerprint);
  }

  /** Forgets the alerts that are over. */
  forgetOver(): void {
    for (const pool of this.#pools.values()) pool.forgetOver();
  }
}
