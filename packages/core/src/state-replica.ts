import type { Environment } from './environment.ts';
import { errorMessage } from './error-message.ts';
import type { EventHub } from './event-hub.ts';
import type { HealthLedger } from './health-ledger.ts';
import type { HealthRecords } from './health-records.ts';
import { probeLeaseMs } from './key-health.ts';
import { isSameRecord, type KeyRecord } from './key-record.ts';
import type { Change, Cursor, KeyStateStore, Lease, SyncReply } from './key-state-store.ts';
import type { WindowCounters } from './usage-counts.ts';
import { ProbeLease, type LeaseSource } from './probe-lease.ts';
import type { SharedClock } from './shared-clock.ts';
import type { UsageBook } from './usage-book.ts';

const flushMs = 1000;
const refreshMs = 30_000;
const patienceMs = 5000;

type Records = ReadonlyMap<string, KeyRecord>;
type EndSubscription = () => Promise<void>;

/** What a replica keeps in step with its store. */
export interface ReplicaParts {
  readonly provider: string;
  readonly records: HealthRecords;
  readonly health: HealthLedger;
  readonly usage: UsageBook;
  readonly clock: SharedClock;
  readonly events: EventHub;
  readonly environment: Environment;
}

/**
 * Keeps one manager's knowledge and a store in step, behind the back of every call.
 *
 * No call waits for it and it never fails: while the store is away the process goes on with what it knows, and it tells
 * everything again when the store is back or has lost its memory.
 */
export class StateReplica implements LeaseSource {
  readonly #store: KeyStateStore;
  readonly #parts: ReplicaParts;
  readonly #instance = crypto.randomUUID();
  /** Records that the store may not have. */
  readonly #unsent = new Set<string>();
  /** Resolves when the store has been asked for the first time, with whatever result. */
  readonly ready: Promise<void>;
  #isAway = false;
  #seen: Cursor | undefined;
  #isRunning = false;
  /** Whether the store has to hear more than it was just told. */
  #isBehind = false;
  /** Ends with the exchange that begins next. */
  #next: PromiseWithResolvers<void> | undefined;
  #isSoon = false;
  #isFlushDue = false;
  readonly #leases: ProbeLease[] = [];
  #closing: Promise<void> | undefined;
  /** Whether nothing is asked of the store any more. */
  #isClosed = false;
  #stopTimer: (() => void) | undefined;
  #isSubscribed = false;
  #endSubscription: EndSubscription | undefined;

  constructor(store: KeyStateStore, parts: ReplicaParts) {
    this.#store = store;
    this.#parts = parts;
    parts.records.shareProbes((id) => {
      const lease = new ProbeLease(this, id);
      this.#leases.push(lease);
      return lease;
    });
    parts.health.onChange = (target) => {
      this.#unsent.add(parts.records.idOf(target));
      if (!this.#isAway) this.#soon();
    };
    this.ready = new Promise((resolve) => {
      // A store may do its first steps at once, and whoever makes a manager is not to pay for them.
      setImmediate(() => resolve(this.sync()));
    });
  }

  get kind(): string {
    return this.#store.kind;
  }

  /** Whether the last exchange with the store has failed. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Counters have changed, or are wanted: there is an exchange within a second. */
  counted(): void {
    if (this.#isFlushDue || this.#isClosed) return;
    this.#isFlushDue = true;
    this.#wakeIn(flushMs);
  }

  async lease(name: string): Promise<Lease | null> {
    return this.#inTime(() => this.#store.lease(this.#parts.provider, name, probeLeaseMs));
  }

  later(ms: number, run: () => void): () => void {
    return this.#parts.environment.timer(ms, run, true);
  }

  /** Resolves when the store has all that is known here now, and the other way round, or when the store is away. */
  async sync(): Promise<void> {
    if (this.#isClosed) return;
    const next = (this.#next ??= Promise.withResolvers<void>());
    if (!this.#isRunning) void this.#run();
    await next.promise;
  }

  /** Tells the store what it does not have yet, and lets go of it. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.sync();
    this.#isClosed = true;
    this.#stopTimer?.();
    await Promise.all(this.#leases.map((lease) => lease.giveUp()));
    await this.#endSubscription?.().catch(() => {});
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let next = this.#takeNext(); next; next = this.#takeNext()) {
      this.#isFlushDue = false;
      await this.#exchange();
      if (this.#isBehind) await this.#exchange();
      next.resolve();
      // To ask again at once would be to ask a store that has just not answered.
      if (this.#isAway) this.#takeNext()?.resolve();
    }
    this.#isRunning = false;
    if (!this.#isClosed) this.#wakeIn(this.#isAway || this.#isFlushDue ? flushMs : refreshMs);
  }

  #takeNext(): PromiseWithResolvers<void> | undefined {
    const next = this.#next;
    this.#next = undefined;
    return next;
  }

  async #exchange(): Promise<void> {
    const { provider, records, usage, clock } = this.#parts;
    // Times are not in the store's clock before its first answer.
    const ids = this.#seen ? [...this.#unsent] : [];
    const facts = new Map(ids.map((id) => [id, records.get(id)]));
    const counters = usage.due();
    const request = { pool: provider, instance: this.#instance, facts, counters, seen: this.#seen };
    this.#isBehind = false;
    try {
      this.#subscribe();
      const learnTime = clock.ask();
      const reply = await this.#inTime((signal) => this.#store.sync(request, signal));
      learnTime(reply.now);
      this.#learn(reply, facts, counters);
    } catch (error) {
      this.#lose(error);
    }
  }

  #learn(reply: SyncReply, facts: Records, counters: readonly WindowCounters[]): void {
    const { records, health, usage, clock, events, provider } = this.#parts;
    const isFirst = this.#seen === undefined;
    const hasForgotten =
      this.#seen !== undefined &&
      (this.#seen.incarnation !== reply.cursor.incarnation || this.#seen.version > reply.cursor.version);
    this.#seen = reply.cursor;
    // What was found out before has this process's times.
    if (isFirst) records.shift(clock.offsetMs, health);
    for (const [id, sent] of facts) if (isSameRecord(records.get(id), sent)) this.#unsent.delete(id);
    if (hasForgotten) usage.forgetStored();
    usage.acknowledge(counters, reply.totals);
    this.#absorb(reply.records);
    if (isFirst || hasForgotten || this.#isAway) for (const id of records.ids()) this.#unsent.add(id);
    this.#isBehind = hasForgotten || this.#unsent.size > 0;
    if (!this.#isAway) return;
    this.#isAway = false;
    events.tell('store.recovered', () => ({ provider, store: this.#store.kind }));
  }

  #absorb(told: Records): void {
    const { records, health } = this.#parts;
    for (const [id, record] of told) {
      const target = records.find(id);
      if (target) health.absorb(target, record);
    }
  }

  #lose(error: unknown): void {
    if (this.#isAway) return;
    this.#isAway = true;
    const { events, provider } = this.#parts;
    events.tell('store.failed', () => ({ provider, store: this.#store.kind, message: errorMessage(error) }));
  }

  #subscribe(): void {
    if (this.#isSubscribed || this.#isClosed) return;
    this.#isSubscribed = true;
    const listener = { change: (change: Change) => this.#hear(change), gap: () => this.#soon() };
    this.#store.subscribe(this.#parts.provider, listener).then(
      (end) => {
        this.#endSubscription = end;
        // What changed before the feed was live is not in it.
        this.#soon();
        if (this.#isClosed) void end().catch(() => {});
      },
      // The next exchange tries again.
      () => (this.#isSubscribed = false),
    );
  }

  #hear({ cursor, records }: Change): void {
    if (!this.#seen || this.#isClosed) return;
    this.#absorb(records);
    const isNext = cursor.incarnation === this.#seen.incarnation && cursor.version === this.#seen.version + 1;
    const isKnown = cursor.incarnation === this.#seen.incarnation && cursor.version <= this.#seen.version;
    if (isNext) this.#seen = cursor;
    else if (!isKnown) this.#soon();
  }

  // The turn's other changes go with it: a burst of failures is one exchange.
  #soon(): void {
    if (this.#isSoon || this.#isClosed) return;
    this.#isSoon = true;
    setImmediate(() => {
      this.#isSoon = false;
      void this.sync();
    });
  }

  #wakeIn(ms: number): void {
    this.#stopTimer?.();
    const jittered = ms * (0.75 + 0.25 * this.#parts.environment.random());
    this.#stopTimer = this.later(jittered, () => void this.sync());
  }

  async #inTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const { promise: isLate, reject } = Promise.withResolvers<never>();
    // Not in the background: a process that waits for this and for nothing else is to hear how it ends.
    const stop = this.#parts.environment.timer(patienceMs, () => {
      const reason = new Error(`no answer within ${patienceMs} ms`);
      controller.abort(reason);
      reject(reason);
    });
    try {
      return await Promise.race([ask(controller.signal), isLate]);
    } finally {
      stop();
    }
  }
}
