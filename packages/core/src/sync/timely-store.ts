import { inTime } from '../base/abortable.ts';
import type { FullRuntime } from '../base/runtime.ts';
import { safely } from '../base/safely.ts';
import type { ChangeListener, KeyStateStore, Lease, SyncReply, SyncRequest } from '../stores/key-state-store.ts';

const timeoutMs = 5000;

/** A store as one pool uses it: every operation ends within 5 s, whatever the store does. */
export class TimelyStore {
  readonly #store: KeyStateStore;
  readonly #pool: string;
  readonly #runtime: FullRuntime;
  #endsAtMs = Infinity;
  #subscription: Promise<() => Promise<void>> | undefined;

  constructor(store: KeyStateStore, pool: string, runtime: FullRuntime) {
    this.#store = store;
    this.#pool = pool;
    this.#runtime = runtime;
  }

  get kind(): string {
    return this.#store.kind;
  }

  sync(request: SyncRequest): Promise<SyncReply> {
    return this.inTime((signal) => this.#store.sync(request, signal));
  }

  lease(name: string, ttlMs: number): Promise<Lease | null> {
    // A lease that is granted too late would block the other processes until it expires.
    return this.#obtain(
      () => this.#store.lease(this.#pool, name, ttlMs),
      (late) => late?.release(),
    );
  }

  /** Subscribes to the feed once. After a failure, the next call tries again. */
  listen(listener: ChangeListener): void {
    if (this.#subscription) return;
    this.#subscription = this.#obtain(
      () => this.#store.subscribe(this.#pool, listener),
      (end) => end(),
    );
    this.#subscription.then(
      // The feed does not contain changes from before it was live.
      () => listener.gap(),
      () => (this.#subscription = undefined),
    );
  }

  async endFeed(): Promise<void> {
    const end = await this.#subscription;
    await end?.();
  }

  /** Limits the time of all further operations together. */
  finishWithin(ms: number): void {
    this.#endsAtMs = this.#runtime.steadyNow() + ms;
  }

  /** Rejects if an operation takes longer than 5 s. */
  inTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ms = Math.max(1, Math.min(timeoutMs, this.#endsAtMs - this.#runtime.steadyNow()));
    return inTime(this.#runtime, ms, ask, () => new Error(`no answer within ${ms} ms`));
  }

  /** Like `inTime`, but releases a result that arrives after the time limit. */
  async #obtain<T>(ask: () => Promise<T>, release: (late: T) => unknown): Promise<T> {
    const asked = (async () => ask())();
    try {
      return await this.inTime(() => asked);
    } catch (error) {
      safely(async () => release(await asked));
      throw error;
    }
  }
}
