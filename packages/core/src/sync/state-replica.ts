import { errorMessage } from '../base/error-message.ts';
import type { FullRuntime } from '../base/runtime.ts';
import { defaultPool } from '../base/provider-name.ts';
import type { EventHub } from '../events/event-hub.ts';
import type { EventOrigin } from '../events/events.ts';
import type { HealthTarget, PoolHealth } from '../state/pool-health.ts';
import type { PoolUsage } from '../state/pool-usage.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { probeLeaseMs } from '../state/probe-permit.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import type {
  Change,
  ChangeListener,
  KeyStateStore,
  Lease,
  SyncReply,
  SyncRequest,
} from '../stores/key-state-store.ts';
import { singleFlight } from '../stores/single-flight.ts';
import { checkChange, checkReply } from './check-reply.ts';
import { Outbox } from './outbox.ts';
import type { LeaseSource } from './probe-lease.ts';
import { ProbeLeases } from './probe-leases.ts';
import type { RecordIndex } from './record-index.ts';
import { StorePosition } from './store-position.ts';
import { SyncSchedule } from './sync-schedule.ts';
import { TimelyStore } from './timely-store.ts';

/** Ends the exchanges with a store that never takes what it is sent. The next flush continues. */
const mostRounds = 100;
/** How long `close()` tries to send what the store does not have, and then waits for the ends of leases and feeds. */
const [sendMs, endMs] = [5000, 1000];

/** The parts of a pool that a replica keeps in step with its store. */
export interface ReplicaParts {
  readonly origin: EventOrigin;
  readonly records: RecordIndex;
  readonly health: PoolHealth;
  readonly usage: PoolUsage;
  readonly clock: SharedClock;
  readonly events: EventHub;
  readonly runtime: FullRuntime;
  /** Called when the store's first answer has shifted the clock, and with it all times. */
  readonly onClockShift: () => void;
}

/**
 * Keeps one manager's state and a store in step, in the background.
 *
 * No call waits for it, and it never throws. While the store is away, the process continues with its own state. When
 * the store is back, the replica sends what the store lacks: after a loss of data, everything.
 */
export class StateReplica implements LeaseSource {
  readonly #store: TimelyStore;
  readonly #parts: ReplicaParts;
  /** `connecting` until the first answer; `away` after a failed exchange; `closed` after `close()`. */
  #state: 'connecting' | 'in-sync' | 'away' | 'closed' = 'connecting';
  readonly #exchanges = singleFlight(() => this.#syncOnce());
  readonly #schedule: SyncSchedule;
  readonly #leases: ProbeLeases;
  readonly #ready = Promise.withResolvers<void>();
  readonly #outbox: Outbox;
  readonly #position = new StorePosition();
  readonly #listener: ChangeListener = { change: (change) => this.#onChange(change), gap: () => this.#syncSoon() };
  /** The number of `sync()` calls, and that number at the last failed exchange. */
  #syncCalls = 0;
  #syncCallsAtFailure = 0;
  #closing: Promise<void> | undefined;

  constructor(store: KeyStateStore, parts: ReplicaParts) {
    this.#store = new TimelyStore(store, storedAs(parts.origin), parts.runtime);
    this.#parts = parts;
    this.#outbox = new Outbox(storedAs(parts.origin), parts.records, parts.usage);
    this.#schedule = new SyncSchedule(parts.runtime, () => void this.sync());
    this.#leases = new ProbeLeases(this, parts.clock, parts.runtime);
    parts.records.shareProbes((id) => this.#leases.add(id));
    // Creating a manager must not wait for the synchronous part of a store's work.
    setImmediate(() => void this.sync());
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
    return this.#ready.promise;
  }

  /** Schedules a changed record for sending, together with the other changes of this turn of the event loop. */
  onRecord(target: HealthTarget): void {
    if (this.#state === 'closed') return;
    this.#outbox.addRecord(this.#parts.records.idOf(target));
    if (this.#state !== 'away') this.#schedule.soon();
  }

  /** Schedules the counters of a key for sending with the next flush. */
  onUsage(key: PooledKey): void {
    this.#parts.usage.touch(key);
    if (this.isInReach) this.#schedule.flush();
  }

  /** Requests the totals of all processes with the next flush. */
  requestTotals(): void {
    this.#outbox.requestTotals();
    if (this.isInReach) this.#schedule.flush();
  }

  /** Reads the records of keys that are new in the list. */
  onNewKeys(): void {
    this.#position.readAll();
    if (this.isInReach) this.#schedule.soon();
  }

  lease(name: string): Promise<Lease | null> {
    return this.#store.lease(name, probeLeaseMs);
  }

  forget(name: string): void {
    this.#outbox.forgetRecord(name);
  }

  /** Sends what the store may lack now, and reads what is new there. Resolves afterwards, or when the store is away. */
  async sync(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#syncCalls++;
    await this.#exchanges();
  }

  /** Sends what the store does not have yet, and stops. Takes up to 6 s if the store is away or hangs. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await this.#sendRest();
    this.#state = 'closed';
    this.#ready.resolve();
    this.#schedule.stop();
    // The next exchange may have started already. From now on, none starts.
    await this.#exchanges();
    this.#store.finishWithin(endMs);
    const ends = [...this.#leases.close(), () => this.#store.endFeed()];
    // A store that fails or hangs must not keep the manager from closing.
    await Promise.allSettled(ends.map((end) => this.#store.inTime(end)));
  }

  async #sendRest(): Promise<void> {
    const { runtime } = this.#parts;
    const endsAtMs = runtime.steadyNow() + sendMs;
    this.#store.finishWithin(sendMs);
    await this.sync();
    for (let pauseMs = 50; !this.#outbox.isEmpty; pauseMs = Math.min(2 * pauseMs, 800)) {
      if (runtime.steadyNow() + pauseMs >= endsAtMs) return;
      await runtime.sleep(pauseMs * (0.5 + 0.5 * runtime.random()));
      this.#outbox.stopWaiting();
      await this.sync();
    }
  }

  async #syncOnce(): Promise<void> {
    if (this.#state === 'closed') return;
    // A failed exchange also answers the calls that were made while it ran.
    if (this.#syncCalls !== this.#syncCallsAtFailure) {
      this.#schedule.clearTimer();
      let hasMoreToSend = true;
      for (let round = 0; hasMoreToSend && round < mostRounds; round++) {
        hasMoreToSend = await this.#exchange();
        this.#ready.resolve();
      }
    }
    if (!this.#isOpen() || this.#schedule.isSet) return;
    if (this.isAway) this.#schedule.retry();
    else if (this.#outbox.isEmpty) this.#schedule.refresh();
    else this.#schedule.flush();
  }

  /** Sends one request to the store. Returns whether there is more to send at once. */
  async #exchange(): Promise<boolean> {
    const { runtime, clock } = this.#parts;
    const startedAtMs = runtime.steadyNow();
    const request = this.#outbox.request(this.#position.asked, startedAtMs);
    try {
      this.#store.listen(this.#listener);
      const adjustClock = clock.startExchange();
      const reply = checkReply(await this.#store.sync(request));
      if (!this.#isOpen()) return false;
      this.#schedule.onAnswer(runtime.steadyNow() - startedAtMs);
      adjustClock(reply.now);
      return this.#applyReply(request, reply);
    } catch (error) {
      this.#syncCallsAtFailure = this.#syncCalls;
      this.#outbox.onFailure(request);
      this.#markAway(error);
      return false;
    }
  }

  #applyReply(request: SyncRequest, reply: SyncReply): boolean {
    const { records, health, clock, events, origin, runtime, onClockShift } = this.#parts;
    if (!this.#position.cursor) {
      // Times from before the first answer are in this process's clock.
      records.shift(clock.offsetMs);
      onClockShift();
    }
    records.absorb(reply.records, health);
    const hasLostData = this.#position.onAnswer(request.seen, reply.cursor);
    const hasMoreToSend = this.#outbox.onAnswer(request, reply, hasLostData, runtime.steadyNow());
    if (this.isAway) events.emit('store.recovered', () => ({ ...origin, store: this.kind }));
    this.#state = 'in-sync';
    return hasMoreToSend;
  }

  #markAway(error: unknown): void {
    if (this.#state === 'away' || this.#state === 'closed') return;
    this.#state = 'away';
    const { events, origin } = this.#parts;
    events.emit('store.failed', () => ({ ...origin, store: this.kind, message: errorMessage(error) }));
  }

  #onChange(change: Change): void {
    const checked = checkChange(change);
    if (!checked || !this.#position.cursor || !this.#isOpen()) return;
    this.#parts.records.absorb(checked.records, this.#parts.health);
    const before = this.#position.onChange(checked.cursor);
    if (before === 'other-incarnation') return this.#syncSoon();
    this.#outbox.noteStored(checked.records);
    // A message was lost, or an answer that is on its way has it.
    if (before === 'missing') this.#schedule.flush();
  }

  #syncSoon(): void {
    if (this.#isOpen()) this.#schedule.soon();
  }

  #isOpen(): boolean {
    return this.#state !== 'closed';
  }
}

/** The name of a pool in stores. No provider has a slash in its name. */
function storedAs({ provider, pool }: EventOrigin): string {
  return pool === defaultPool ? provider : `${provider}/${pool}`;
}
