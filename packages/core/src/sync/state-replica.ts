import { inTime } from '../base/abortable.ts';
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
import { ProbeLease, type LeaseSource } from './probe-lease.ts';
import type { RecordIndex } from './record-index.ts';

const flushMs = 1000;
const refreshMs = 30_000;
const patienceMs = 5000;

type Records = ReadonlyMap<string, KeyRecord>;

/** What a replica keeps in step with its store. */
export interface ReplicaParts {
  readonly provider: string;
  readonly records: RecordIndex;
  readonly health: PoolHealth;
  readonly usage: PoolUsage;
  readonly clock: SharedClock;
  readonly events: EventHub;
  readonly runtime: Runtime;
  /** Called when the store's first answer has moved the clock, and with it all times. */
  readonly onClockShift: () => void;
}

/**
 * Keeps one manager's knowledge and a store in step, in the background of every call.
 *
 * No call waits for it and it never fails: while the store is away the process goes on with what it knows, and sends
 * everything again when the store is back or has lost its memory.
 */
export class StateReplica implements LeaseSource {
  readonly #store: KeyStateStore;
  readonly #parts: ReplicaParts;
  /** `connecting` until the first answer; `away` while the last exchange failed; `closed` asks nothing any more. */
  #state: 'connecting' | 'in-sync' | 'away' | 'closed' = 'connecting';
  readonly #exchanges = singleFlight(() => this.#run());
  readonly #leases: ProbeLease[] = [];
  readonly #ready: Promise<void>;
  /** Records that the store may not have. */
  readonly #unsent = new Set<string>();
  #instance: string | undefined;
  #seen: Cursor | undefined;
  /** Calls of `sync()`, and how many of them the last failed exchange has answered. */
  #asked = 0;
  #failed = 0;
  #immediate: NodeJS.Immediate | undefined;
  #timer: { readonly cancel: () => void; readonly isFlush: boolean } | undefined;
  #subscription: Promise<() => Promise<void>> | undefined;
  #endSubscription: (() => Promise<void>) | undefined;
  #closing: Promise<void> | undefined;

  constructor(store: KeyStateStore, parts: ReplicaParts) {
    this.#store = store;
    this.#parts = parts;
    parts.records.shareProbes((id) => {
      const lease = new ProbeLease(this, id);
      this.#leases.push(lease);
      return lease;
    });
    // In a turn of its own: making a manager must not wait for the first steps of a store.
    this.#ready = new Promise((resolve) => {
      setImmediate(() => resolve(this.sync()));
    });
  }

  get kind(): string {
    return this.#store.kind;
  }

  /** Whether the last exchange with the store has failed. */
  get isAway(): boolean {
    return this.#state === 'away';
  }

  /** Resolves when the store has been asked for the first time, with whatever result. */
  ready(): Promise<void> {
    return this.#ready;
  }

  /** A record has changed here: it is sent with the turn's other changes. */
  onRecord(target: HealthTarget): void {
    this.#unsent.add(this.#parts.records.idOf(target));
    if (this.#state !== 'away') this.#syncSoon();
  }

  /** Counters have changed, or are wanted: there is an exchange within a second. */
  onUsage(): void {
    if (!this.#timer?.isFlush) this.#wakeIn(flushMs, true);
  }

  lease(name: string): Promise<Lease | null> {
    return this.#inTime(() => this.#store.lease(this.#parts.provider, name, probeLeaseMs));
  }

  /** Resolves when the store has all that is known here now, and the other way round, or when the store is away. */
  async sync(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#asked++;
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
    await Promise.all(this.#leases.map((lease) => lease.giveUp()));
    await this.#endSubscription?.().catch(() => {});
  }

  async #run(): Promise<void> {
    if (this.#state === 'closed') return;
    // Who asked during an exchange that failed is answered by that failure.
    if (this.#asked !== this.#failed) {
      this.#timer?.cancel();
      this.#timer = undefined;
      const isBehind = await this.#exchange();
      if (isBehind) await this.#exchange();
    }
    if (!this.#timer) this.#wakeIn(this.isAway ? flushMs : refreshMs, false);
  }

  /** Asks the store once. `true` when it must hear more than it was just sent. */
  async #exchange(): Promise<boolean> {
    const { provider, records, usage, clock } = this.#parts;
    this.#instance ??= crypto.randomUUID();
    // Times are not in the store's clock before its first answer.
    const ids = this.#seen ? [...this.#unsent] : [];
    const facts = new Map(ids.map((id) => [id, records.get(id)]));
    const counters = usage.due();
    const request = { pool: provider, instance: this.#instance, facts, counters, seen: this.#seen };
    try {
      this.#subscribe();
      const learnTime = clock.ask();
      const reply = await this.#inTime((signal) => this.#store.sync(request, signal));
      learnTime(reply.now);
      return this.#learn(reply, facts, counters);
    } catch (error) {
      this.#failed = this.#asked;
      this.#lose(error);
      return false;
    }
  }

  #learn(reply: SyncReply, facts: Records, counters: readonly WindowCounters[]): boolean {
    const { records, usage, clock, events, provider, onClockShift } = this.#parts;
    const wasAway = this.isAway;
    const seen = this.#seen;
    const hasForgotten =
      seen !== undefined && (seen.incarnation !== reply.cursor.incarnation || seen.version > reply.cursor.version);
    this.#seen = reply.cursor;
    this.#state = 'in-sync';
    if (!seen) {
      // What was found out before is in this process's clock.
      records.shift(clock.offsetMs);
      onClockShift();
    }
    for (const [id, sent] of facts) if (isSameRecord(records.get(id), sent)) this.#unsent.delete(id);
    if (hasForgotten) usage.forgetStored();
    usage.acknowledge(counters, reply.totals);
    this.#absorb(reply.records);
    if (!seen || hasForgotten || wasAway) for (const id of records.ids()) this.#unsent.add(id);
    if (wasAway) events.emit('store.recovered', () => ({ provider, store: this.kind }));
    return hasForgotten || this.#unsent.size > 0;
  }

  #absorb(found: Records): void {
    const { records, health } = this.#parts;
    for (const [id, record] of found) {
      const target = records.find(id);
      if (target) health.absorb(target, record);
    }
  }

  #lose(error: unknown): void {
    if (this.#state === 'away' || this.#state === 'closed') return;
    this.#state = 'away';
    const { events, provider } = this.#parts;
    events.emit('store.failed', () => ({ provider, store: this.kind, message: errorMessage(error) }));
  }

  #subscribe(): void {
    if (this.#subscription) return;
    const listener = { change: (change: Change) => this.#onChange(change), gap: () => this.#syncSoon() };
    this.#subscription = this.#store.subscribe(this.#parts.provider, listener);
    this.#subscription.then(
      (end) => {
        this.#endSubscription = end;
        // What changed before the feed was live is not in it.
        this.#syncSoon();
        if (this.#state === 'closed') void end().catch(() => {});
      },
      // The next exchange tries again.
      () => (this.#subscription = undefined),
    );
  }

  #onChange({ cursor, records }: Change): void {
    if (!this.#seen || this.#state === 'closed') return;
    this.#absorb(records);
    const isSameStore = cursor.incarnation === this.#seen.incarnation;
    if (isSameStore && cursor.version === this.#seen.version + 1) this.#seen = cursor;
    else if (!isSameStore || cursor.version > this.#seen.version) this.#syncSoon();
  }

  // The turn's other changes go with it: a burst of failures is one exchange.
  #syncSoon(): void {
    if (this.#state === 'closed') return;
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined;
      void this.sync();
    });
  }

  #wakeIn(ms: number, isFlush: boolean): void {
    if (this.#state === 'closed') return;
    const { runtime } = this.#parts;
    this.#timer?.cancel();
    const jitteredMs = ms * (0.75 + 0.25 * runtime.random());
    const wake = () => {
      this.#timer = undefined;
      void this.sync();
    };
    this.#timer = { cancel: runtime.timer(jitteredMs, wake, true), isFlush };
  }

  #inTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return inTime(this.#parts.runtime, patienceMs, ask, () => new Error(`no answer within ${patienceMs} ms`));
  }
}
