import type { ChangeListener, KeyStateStore, Lease, SyncReply, SyncRequest } from '@api-key-fallback/core/store';

/** One process's connection to a store that several use. */
export class StoreLink implements KeyStateStore {
  readonly kind = 'link';
  store: Required<KeyStateStore>;
  /** The name of the last lease of alerts that was asked for. */
  alertsLease = '';
  askedForLeases = 0;
  #state: 'works' | 'fails' | 'hangs' = 'works';
  #waiting: (() => void)[] = [];

  constructor(store: Required<KeyStateStore>) {
    this.store = store;
  }

  /** What hangs is done, and answered, when the link works again. */
  set state(state: 'works' | 'fails' | 'hangs') {
    this.#state = state;
    if (state === 'works') for (const go of this.#waiting.splice(0)) go();
  }

  sync(request: SyncRequest): Promise<SyncReply> {
    return this.#through(() => this.store.sync(request));
  }

  subscribe(pool: string, on: ChangeListener): Promise<() => Promise<void>> {
    return this.#through(() => this.store.subscribe(pool, on));
  }

  async lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
    if (name.startsWith('alerts.')) this.#noteAlerts(name);
    const { store } = this;
    const lease = await this.#through(() => store.lease(pool, name, ttlMs));
    if (!lease) return null;
    return {
      // Another store in its place knows nothing of the lease.
      renew: (renewedMs, note) =>
        this.#through(async () => this.store === store && (await lease.renew?.(renewedMs, note)) === true),
      release: () => this.#through(() => lease.release()),
    };
  }

  #noteAlerts(name: string): void {
    this.alertsLease = name;
    this.askedForLeases += 1;
  }

  readNote(pool: string, name: string): Promise<string | undefined> {
    return this.#through(() => this.store.readNote(pool, name));
  }

  async close(): Promise<void> {}

  async #through<T>(run: () => Promise<T>): Promise<T> {
    if (this.#state === 'fails') throw new Error('Connection refused.');
    if (this.#state === 'hangs') await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return run();
  }
}
