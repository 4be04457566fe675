import { inTime, type FullRuntime } from '@api-key-fallback/core/adapter';
import type { KeyStateStore, Lease } from '@api-key-fallback/core/store';
import type { Sender, SentRecord } from './sender.ts';
import { emptyNote, formatNote, parseNote, withoutFuture, type SentNote } from './sent-note.ts';
import { StandBack } from './stand-back.ts';

/** A store whose leases carry notes. */
export type NoteStore = KeyStateStore & Required<Pick<KeyStateStore, 'readNote'>>;

const leaseMs = 60_000;
const turnMs = 20_000;
/** After a turn that has failed. */
const retryMs = 5000;
const answerMs = 5000;

/** What a sender sends for. */
export interface SharedSenderOptions {
  readonly provider: string;
  /** The name of the lease. */
  readonly watchName: string;
  readonly runtime: FullRuntime;
}

/**
 * Sends for all processes that share a store and have the same watch, as long as it holds a lease. The note of the lease says what was sent.
 *
 * A sender that loses the store goes on. The others begin to send when its lease has expired: twice is better than never.
 */
export class SharedSender implements Sender {
  readonly #store: NoteStore;
  readonly #provider: string;
  readonly #watchName: string;
  readonly #runtime: FullRuntime;
  #lease: Lease | undefined;
  /** The end of the lease, by the steady clock. */
  #heldUntilMs = -Infinity;
  /** From when this process sends without a lease, by the steady clock: while the store is away. */
  #aloneFromMs = Infinity;
  /** The last one that this process knows. */
  #note: SentNote = emptyNote;
  #isWritten = true;
  readonly #standBack = new StandBack();
  #turn: Promise<void> = Promise.resolve();
  #cancelTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(store: NoteStore, { provider, watchName, runtime }: SharedSenderOptions) {
    this.#store = store;
    this.#provider = provider;
    this.#watchName = watchName;
    this.#runtime = runtime;
    this.#takeTurn();
  }

  get isLeader(): boolean {
    const now = this.#runtime.steadyNow();
    return now < this.#heldUntilMs || now >= this.#aloneFromMs;
  }

  load(): Promise<readonly SentRecord[]> {
    return Promise.resolve(withoutFuture(this.#note.records, this.#runtime.now()));
  }

  async save(records: readonly SentRecord[]): Promise<void> {
    if (this.#isStandingBack) return;
    this.#note = { revision: this.#note.revision + 1, records };
    this.#isWritten = false;
    // Without a lease, it is written when the store is back and this process takes one.
    if (this.#lease) await this.#renew(this.#lease);
  }

  standBack(): void {
    const lease = this.#lease;
    // While the store is away, there is nothing to leave to others.
    if (!lease) return;
    this.#end();
    this.#standBack.begin(this.#runtime.steadyNow());
    lease.release().catch(() => {});
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    await this.#inTime(async () => {
      await this.#turn;
      const lease = this.#lease;
      this.#end();
      await lease?.release();
    });
  }

  get #isStandingBack(): boolean {
    return !this.isLeader && this.#standBack.isOn(this.#runtime.steadyNow());
  }

  #takeTurn(): void {
    this.#turn = this.#elect().then(
      () => this.#noteReached(),
      // The manager reports that the store is away.
      () => this.#noteAway(),
    );
  }

  #takeTurnIn(ms: number): void {
    if (this.#isClosed) return;
    // At a random moment, so that many processes do not ask together.
    const pauseMs = ms * (0.75 + this.#runtime.random() / 4);
    this.#cancelTimer = this.#runtime.timer(pauseMs, () => this.#takeTurn(), true);
  }

  #noteReached(): void {
    this.#aloneFromMs = Infinity;
    this.#takeTurnIn(turnMs);
  }

  #noteAway(): void {
    this.#takeTurnIn(retryMs);
    const now = this.#runtime.steadyNow();
    const lastLeaseMs = this.#lease ? this.#heldUntilMs : now + leaseMs;
    this.#aloneFromMs = Math.min(this.#aloneFromMs, lastLeaseMs);
  }

  /** Renews the lease, or takes it when it is free. Rejects when the store is away. */
  async #elect(): Promise<void> {
    if (this.#lease && (await this.#renew(this.#lease))) return;
    const startedMs = this.#runtime.steadyNow();
    const lease = this.#standBack.isOn(startedMs) ? null : await this.#take();
    const stored = await this.#readNote(lease);
    if (!lease) {
      this.#standBack.noteTaken(startedMs);
      // Another process sends now, and knows nothing of what this one has sent without the store.
      this.#note = stored;
      this.#isWritten = true;
      return;
    }
    if (this.#isClosed) return lease.release();
    this.#lease = lease;
    this.#heldUntilMs = startedMs + leaseMs;
    if (stored.revision >= this.#note.revision) {
      this.#note = stored;
      this.#isWritten = true;
    } else {
      this.#isWritten = false;
      await this.#renew(lease);
    }
  }

  async #take(): Promise<Lease | null> {
    const taken = this.#store.lease(this.#provider, this.#watchName, leaseMs);
    try {
      return await this.#inTime(() => taken);
    } catch (error) {
      // Granted too late, it would keep the other processes from sending.
      taken.then((late) => late?.release()).catch(() => {});
      throw error;
    }
  }

  /** Releases the lease when the note cannot be read. */
  async #readNote(lease: Lease | null): Promise<SentNote> {
    try {
      return parseNote(await this.#inTime(() => this.#store.readNote(this.#provider, this.#watchName)));
    } catch (error) {
      lease?.release().catch(() => {});
      throw error;
    }
  }

  /** Extends the lease, with what was sent since the last time. Returns whether this process still holds it. */
  async #renew(lease: Lease): Promise<boolean> {
    const startedMs = this.#runtime.steadyNow();
    const note = this.#note;
    const text = this.#isWritten ? undefined : formatNote(note);
    const isHeld = await this.#inTime(async () => lease.renew?.(leaseMs, text));
    // Meanwhile, it may have been lost and taken again.
    if (lease !== this.#lease) return false;
    if (isHeld) {
      this.#heldUntilMs = startedMs + leaseMs;
      if (note === this.#note) this.#isWritten = true;
    } else this.#end();
    return isHeld === true;
  }

  #end(): void {
    this.#lease = undefined;
    this.#heldUntilMs = -Infinity;
  }

  #inTime<T>(ask: () => Promise<T>): Promise<T> {
    const timer: FullRuntime['timer'] = (ms, fire) => this.#runtime.timer(ms, fire, true);
    return inTime({ timer }, answerMs, ask, () => new Error(`The store has not answered within ${answerMs / 1000} s.`));
  }
}
