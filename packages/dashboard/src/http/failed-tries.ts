import type { Runtime } from '@api-key-fallback/core';

const firstPauseMs = 500;
const longestPauseMs = 4000;
const quietMs = 60_000;
const mostClients = 1000;

interface Tries {
  readonly count: number;
  readonly failedAtMs: number;
}

/** Slows down clients that send wrong tokens. */
export class FailedTries {
  readonly #runtime: Pick<Runtime, 'now'>;
  /** By address, the latest failure last. */
  readonly #byClient = new Map<string, Tries>();

  constructor(runtime: Pick<Runtime, 'now'>) {
    this.#runtime = runtime;
  }

  /** How long a client must wait before its next try, in ms. */
  waitMs(client: string): number {
    const tries = this.#recent(client);
    if (!tries) return 0;
    const pauseMs = Math.min(firstPauseMs * 2 ** (tries.count - 1), longestPauseMs);
    return Math.max(0, tries.failedAtMs + pauseMs - this.#runtime.now());
  }

  failed(client: string): void {
    const count = (this.#recent(client)?.count ?? 0) + 1;
    this.#byClient.delete(client);
    this.#byClient.set(client, { count, failedAtMs: this.#runtime.now() });
    const [oldest] = this.#byClient.keys();
    if (this.#byClient.size > mostClients && oldest !== undefined) this.#byClient.delete(oldest);
  }

  succeeded(client: string): void {
    this.#byClient.delete(client);
  }

  #recent(client: string): Tries | undefined {
    const tries = this.#byClient.get(client);
    return tries && this.#runtime.now() - tries.failedAtMs < quietMs ? tries : undefined;
  }
}
