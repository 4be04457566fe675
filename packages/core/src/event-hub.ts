import { InvalidOptionsError } from './errors.ts';
import type { EventLog } from './event-log.ts';
import { isolated } from './isolated.ts';
import { isEventName, type KeyManagerEventName, type KeyManagerEvents, type KeyManagerListener } from './events.ts';

type Listeners = { [Name in KeyManagerEventName]?: Set<KeyManagerListener<Name>> };

/** Tells listeners and the log what happened; nothing that they throw or reject with comes back. */
export class EventHub {
  readonly #listeners: Listeners = {};
  readonly #log: EventLog;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** Adds a listener and returns the function that removes it. */
  on<Name extends KeyManagerEventName>(name: Name, listener: KeyManagerListener<Name>): () => void {
    if (!isEventName(name)) throw new InvalidOptionsError(`There is no event "${String(name)}".`);
    if (typeof listener !== 'function') throw new InvalidOptionsError(`The listener of "${name}" must be a function.`);
    const listeners = ((this.#listeners[name] as Set<KeyManagerListener<Name>> | undefined) ??= new Set());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Tells an event, which is built only if a listener or the log wants it. */
  tell<Name extends KeyManagerEventName>(name: Name, build: () => KeyManagerEvents[Name]): void {
    const listeners: ReadonlySet<KeyManagerListener<Name>> | undefined = this.#listeners[name];
    const isLogged = this.#log.hears(name);
    if (!isLogged && !listeners?.size) return;
    isolated(() => {
      const event = build();
      for (const listener of Array.from(listeners ?? [])) isolated(() => listener(event));
      if (isLogged) this.#log.write(name, event);
    });
  }

  removeListeners(): void {
    for (const listeners of Object.values(this.#listeners)) listeners.clear();
  }
}
