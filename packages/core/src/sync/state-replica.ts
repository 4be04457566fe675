import { errorMessage } from '../base/error-message.ts';
import type { Runtime } from '../base/runtime.ts';
import type { EventHub } from '../events/event-hub.ts';
import { isSameRecord, type KeyRecord } from '../state/key-record.ts';
import type { HealthTarget, PoolHealth } from '../state/pool-health.ts';
import type { PoolUsage } from '../state/pool-usage.ts';
import { probeLeaseMs } from '../state/probe-permit.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import type { WindowCounters } from '../state/usage-counts.ts';
import type { Change, Cursor, KeyStateStore, Lease, SyncReply } from '../stores/key-state-store.ts';
import { singleFlight } from '../stores/single-flight.ts';
import { readRecord } from '../stores/state-file.ts';
import { ProbeLease, type LeaseSource } from './probe-lease.ts';
import type { RecordIndex } from './record-index.ts';
import { TimelyStore } from './timely-store.ts';

const flushMs = 1000;
const refreshMs = 30_000;

type Records = ReadonlyMap<string, KeyRecord>;

/** The parts of a pool that a replica keeps in step with its store. */
export interface ReplicaParts {
  readonly provider: string;
  readonly records: RecordIndex;
  readonly health: PoolHealth;
  readonly usage: PoolUsage;
  readonly clock: SharedClock;
  readonly events: EventHub;
  readonly runtime: Runtime;
  /** Called when the store's first answer has shifted the clock, and with it all times. */
  readonly onClockShift: () => void;
}

/**
 * Keeps one manager's state and a store in step, in the background.
 *
 * No call waits for it, and it never throws. While the store is away, the process continues with its own state. When
 * the store is back, or has lost its data, the replica sends everything again.
 */
export class StateReplica implements LeaseSource {
  readonly #store: TimelyStore;
  readonly #parts: ReplicaParts;
  /** `connecting` until the first answer; `away` after a failed exchange; `closed` after `close()`. */
  #state: 'connecting' | 'in-sync' | 'away' | 'closed' = 'connecting';
  readonly #exchanges = singleFlight(() => this.#syncOnce());
  readonly #leases = new Set<ProbeLease>();
  readonly #ready: Promise<void>;
  /** Ids of records that the store may not have. */
  readonly #unsent = new Set<string>();
  #instance: string | undefined;
  #cursor: Cursor | undefined;
  /** The number of `sync()` calls, and that number at the last failed exchange. */
  #syncCalls = 0;
  #syncCallsAtFailure = 0;
  #immediate: NodeJS.Immediate | undefined;
  #timer: { readonly cancel: () => void; readonly isFlush: boolean } | undefined;
  #subscription: Promise<() => Promise<void>> | undefined;
  #closing: Promise<void> | undefined;

  constructor(store: KeyStateStore, parts: ReplicaParts) {
    this.#store = new TimelyStore(store, parts.provider, parts.runtime);
    this.#parts = parts;
    parts.records.shareProbes((id) => {
      const lease = new ProbeLease(this, id);
      this.#leases.add(lease);
      return lease;
    });
    // Creating a manager must not wait for the synchronous part of a store's work.
    this.#ready = new Promise((resolve) => {
      setImmediate(() => resolve(this.sync()));
    });
  }

  get kind(): string {
    return this.#store.kind;
  }

  /** Whether the store may be asked: not while it is away, and not after `close()`. */
  get isInReach(): boolean {
    return this.#state !== 'away' && this.#state !== 'closed';
  }

  /** Whether the last exchange with the store has failed. */
  get isAway(): boolean {
    return this.#state === 'away';
  }

  /** Resolves after the first exchange, successful or not. */
  ready(): Promise<void> {
    return this.#ready;
  }

  /** Schedules a changed record for sending, together with the other changes of this turn of the event loop. */
  onRecord(target: HealthTarget): void {
    if (this.#state === 'closed') return;
    this.#unsent.add(this.#parts.records.idOf(target));
    if (this.#state !== 'away') this.#syncSoon();
  }

  /** Schedules an exchange within a second, because counters have changed or their totals are needed. */
  onUsage(): void {
    if (!this.#timer?.isFlush) this.#syncIn(flushMs, true);
  }

  lease(name: string): Promise<Lease | null> {
    return this.#store.lease(name, probeLeaseMs);
  }

  forget(lease: ProbeLease, name: string): void {
    this.#leases.delete(lease);
    this.#unsent.delete(name);
  }

  /** Exchanges everything that both sides know at this moment. Resolves afterwards, or when the store is away. */
  async sync(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#syncCalls++;
    await this.#exchanges();
  }

  /** Sends what the store does not have yet, and stops. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.sync();
    this.#state = 'closed';
    this.#timer?.cancel();
    clearImmediate(this.#immediate);
    // The next exchange may have started already. From now on, none starts.
    await this.#exchanges();
    const ends = [...this.#leases].map((lease) => () => lease.release());
    ends.push(async () => (await this.#subscription)?.());
    // A store that fails or hangs must not keep the manager from closing.
    await Promise.allSettled(ends.map((end) => this.#store.inTime(end)));
    this.#leases.clear();
  }

  async #syncOnce(): Promise<void> {
    if (this.#state === 'closed') return;
    // A failed exchange also answers the calls that were made while it ran.
    if (this.#syncCalls !== this.#syncCallsAtFailure) {
      this.#timer?.cancel();
      this.#timer = undefined;
      const hasMoreToSend = await this.#exchange();
      if (hasMoreToSend) await this.#exchange();
    }
    if (!this.#timer) this.#syncIn(this.isAway ? flushMs : refreshMs, false);
  }

  /** Sends one request to the store. Returns whether there is more to send. */
  async #exchange(): Promise<boolean> {
    const { provider, records, usage, clock } = this.#parts;
    this.#instance ??= crypto.randomUUID();
    // Before the first answer, times are not in the store's clock and must not be sent.
    const facts = new Map((this.#cursor ? [...this.#unsent] : []).map((id) => [id, records.get(id)]));
    const counters = usage.due();
    const request = { pool: provider, instance: this.#instance, facts, counters, withTotals: true, seen: this.#cursor };
    try {
      this.#subscribe();
      const adjustClock = clock.startExchange();
      const reply = await this.#store.sync(request);
      if (this.#state === 'closed') return false;
      adjustClock(reply.now);
      return this.#applyReply(reply, facts, counters);
    } catch (error) {
      this.#syncCallsAtFailure = this.#syncCalls;
      this.#markAway(error);
      return false;
    }
  }

  #applyReply(reply: SyncReply, facts: Records, counters: readonly WindowCounters[]): boolean {
    const { records, usage, clock, events, provider, onClockShift } = this.#parts;
    const wasAway = this.isAway;
    const previous = this.#cursor;
    const { incarnation, version } = reply.cursor;
    const hasLostData = previous && (previous.incarnation !== incarnation || previous.version > version);
    this.#cursor = reply.cursor;
    this.#state = 'in-sync';
    if (!previous) {
      // Times from before the first answer are in this process's clock.
      records.shift(clock.offsetMs);
      onClockShift();
    }
    for (const [id, sent] of facts) if (isSameRecord(records.get(id), sent)) this.#unsent.delete(id);
    if (hasLostData) usage.forgetStored();
    usage.acknowledge(counters, reply.totals);
    this.#absorb(reply.records);
    if (!previous || hasLostData || wasAway) for (const id of records.ids()) this.#unsent.add(id);
    if (wasAway) events.emit('store.recovered', () => ({ provider, store: this.kind }));
    return hasLostData === true || this.#unsent.size > 0;
  }

  #absorb(changes: Records): void {
    const { records, health } = this.#parts;
    for (const [id, change] of changes) {
      const [target, record] = [records.find(id), readRecord(change)];
      if (target && record) health.absorb(target, record);
    }
  }

  #markAway(error: unknown): void {
    if (this.#state === 'away' || this.#state === 'closed') return;
    this.#state = 'away';
    const { events, provider } = this.#parts;
    events.emit('store.failed', () => ({ provider, store: this.kind, message: errorMessage(error) }));
  }

  #subscribe(): void {
    if (this.#subscription) return;
    const listener = { change: (change: Change) => this.#onChange(change), gap: () => this.#syncSoon() };
    this.#subscription = this.#store.subscribe(listener);
    this.#subscription.then(
      // The feed does not contain changes from before it was live.
      () => this.#syncSoon(),
      () => (this.#subscription = undefined), // the next exchange tries again
    );
  }

  #onChange({ cursor, records }: Change): void {
    if (!this.#cursor || this.#state === 'closed') return;
    this.#absorb(records);
    const isSameStore = cursor.incarnation === this.#cursor.incarnation;
    if (isSameStore && cursor.version === this.#cursor.version + 1) this.#cursor = cursor;
    else if (!isSameStore || cursor.version > this.#cursor.version) this.#syncSoon();
  }

  // At the end of the turn, so that a burst of failures takes one exchange.
  #syncSoon(): void {
    if (this.#state === 'closed') return;
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      void this.sync();
    });
  }

  #syncIn(ms: number, isFlush: boolean): void {
    if (this.#state === 'closed') return;
    const { runtime } = this.#parts;
    this.#timer?.cancel();
    const startSync = () => {
      this.#timer = undefined;
      void this.sync();
    };
    this.#timer = { cancel: runtime.timer(ms * (0.75 + 0.25 * runtime.random()), startSync, true), isFlush };
  }
}
