import type { Runtime } from '@api-key-fallback/core';
import type { Notification } from '../model/notification.ts';

/** Six tries an hour: few for a receiver that is down, and sooner than the next reminder. */
const pauseMs = 600_000;

/** The notifications that a channel has given up: of each provider the newest, until there is a newer one. */
export class MissedNotifications {
  readonly #runtime: Pick<Runtime, 'timer'>;
  readonly #newest = new Map<string, string>();
  readonly #cancels = new Map<string, () => void>();

  constructor(runtime: Pick<Runtime, 'timer'>) {
    this.#runtime = runtime;
  }

  /** Forgets the earlier notification of its provider that was given up: a newer one lists all alerts that fire. */
  replaceBy({ provider, id }: Notification): void {
    this.#newest.set(provider, id);
    this.#cancels.get(provider)?.();
    this.#cancels.delete(provider);
  }

  /** Calls `retry` after a pause, unless there is a newer one by then. */
  add({ provider, id }: Notification, retry: () => void): void {
    if (this.#newest.get(provider) === id) this.#cancels.set(provider, this.#runtime.timer(pauseMs, retry, true));
  }

  close(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#newest.clear();
    this.#cancels.clear();
  }
}
