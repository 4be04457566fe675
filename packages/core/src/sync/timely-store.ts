import { inTime } from '../base/abortable.ts';
import type { Runtime } from '../base/runtime.ts';
import { safely } from '../base/safely.ts';
import type { ChangeListener, KeyStateStore, Lease, SyncReply, SyncRequest } from '../stores/key-state-store.ts';

const timeoutMs = 5000;

/** A store as one pool uses it: every operation ends within 5 s, whatever the store does. */
export class TimelyStore {
  readonly #store: KeyStateStore;
  readonly #pool: string;
  readonly #runtime: Runtime;

  constructor(store: KeyStateStore, pool: string, runtime: Runtime) {
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

  subscribe(listener: ChangeListener): Promise<() => Promise<void>> {
    return this.#obtain(
      () => this.#store.subscribe(this.#pool, listener),
      (end) => end(),
    );
  }

  /** Rejects if an operation takes longer than 5 s. */
  inTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return inTime(this.#runtime, timeoutMs, ask, () => new Error(`no answer within ${timeoutMs} ms`));
  }

  /** Like `inTime`, but releases a result that arrives after the time limit. */
  async #obtain<T>(ask: () => Promise<T>, giveBack: (late: T) => unknown): Promise<T> {
    const asked = (async () => ask())();
    try {
      return await this.inTime(() => asked);
    } catch (error) {
      safely(async () => giveBack(await asked));
      throw error;
    }
  }
}
