import type { ApiKeyManager, KeyManagerEventName, KeyManagerEvents } from '@api-key-fallback/core';
import { readField } from '@api-key-fallback/core/adapter';

/** An event of a key manager, and when it was heard. Contains no key. */
export interface HeardEvent {
  readonly atMs: number;
  readonly name: KeyManagerEventName;
  readonly event: KeyManagerEvents[KeyManagerEventName];
  /** The provider's name for people. */
  readonly displayName: string;
  /** The label of the key; absent for an event of the whole provider. */
  readonly label?: string;
}

const mostKept = 500;

/** Hears the events of key managers, and keeps the last ones. */
export class EventFeed {
  readonly #events: HeardEvent[] = [];
  readonly #stops: readonly (() => void)[];

  constructor(managers: readonly ApiKeyManager[], onEvent: (heard: HeardEvent) => void) {
    this.#stops = managers.map((manager) => {
      const { displayName } = manager.status();
      return manager.on('*', (name, event) => {
        const label = readField(event, 'key', 'label');
        const heard = { atMs: Date.now(), name, event, displayName, ...(typeof label === 'string' ? { label } : {}) };
        this.#events.push(heard);
        if (this.#events.length > mostKept) this.#events.shift();
        onEvent(heard);
      });
    });
  }

  /** The last events, the newest first. */
  latest(count: number): readonly HeardEvent[] {
    return this.#events.slice(-count).toReversed();
  }

  /** Ends the listening. */
  stop(): void {
    for (const stop of this.#stops) stop();
  }
}
