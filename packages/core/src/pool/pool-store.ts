import type { HealthTarget } from '../state/pool-health.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PoolUsage } from '../state/pool-usage.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { ChosenStore } from '../stores/choose-store.ts';
import type { KeyStateStore } from '../stores/key-state-store.ts';
import { RecordIndex } from '../sync/record-index.ts';
import { StateReplica, type ReplicaParts } from '../sync/state-replica.ts';

/** The store that a pool shares with other processes. Does nothing for a pool without one. */
export class PoolStore {
  readonly #chosen: ChosenStore | undefined;
  readonly #records: RecordIndex;
  readonly #replica: StateReplica | undefined;
  readonly #usage: PoolUsage;

  constructor(chosen: ChosenStore | undefined, ring: KeyRing, parts: Omit<ReplicaParts, 'records'>) {
    this.#chosen = chosen;
    this.#usage = parts.usage;
    this.#records = new RecordIndex(ring);
    this.#replica = chosen && new StateReplica(chosen.store, { ...parts, records: this.#records });
  }

  /** The store itself; `undefined` without one. */
  get store(): KeyStateStore | undefined {
    return this.#chosen?.store;
  }

  /** What `status()` shows of it. */
  get status(): { readonly kind: string; readonly isAway: boolean; readonly processes: number } | undefined {
    const { processes } = this.#usage;
    return this.#replica && { kind: this.#replica.kind, isAway: this.#replica.isAway, processes };
  }

  /** Replaces the keys of the pool. */
  replace(ring: KeyRing): void {
    this.#records.replace(ring);
  }

  /** Reads the records of keys that are new in the list. */
  onNewKeys(): void {
    this.#replica?.onNewKeys();
  }

  /** Sends a changed record. */
  onRecord(target: HealthTarget): void {
    this.#replica?.onRecord(target);
  }

  /** Sends the usage of a key with the next flush. */
  onUsage(key: PooledKey): void {
    this.#replica?.onUsage(key);
  }

  /** Asks with the next flush what other processes have used. */
  requestTotals(): void {
    this.#replica?.requestTotals();
  }

  /** Resolves after the first exchange. */
  async ready(): Promise<void> {
    await this.#replica?.ready();
  }

  /** Sends what the store does not have yet, and releases it. */
  async close(): Promise<void> {
    await this.#replica?.close();
    await this.#chosen?.release().catch(() => {});
  }
}
