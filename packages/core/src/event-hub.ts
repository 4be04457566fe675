import { InvalidOptionsError } from './errors.ts';
import type { EventLog } from './event-log.ts';
import { isolated } from './isolated.ts';
import {
  eventNames,
  isEventName,
  type KeyManagerEventName,
  type KeyManagerEvents,
  type KeyManagerListener,
} from './events.ts';

type Listeners = { [Name in KeyManagerEventName]?: Set<KeyManagerListener<Name>> };

/** Tells listeners and the log what happened; nothing that they throw or reject with comes back. */
export class EventHub {
  readonly #listeners: Listeners = {};
  readonly #log: EventLog;
  /** Whether a listener or the log may want an event; asked first where a call would have to prepare it. */
  readonly mayHear: Record<KeyManagerEventName, boolean>;

  constructor(log: EventLog) {
    this.#log = log;
    const heard = eventNames.map((name) => [name, log.mayHear(name)] as const);
    this.mayHear = Object.fromEntries(heard) as Record<KeyManagerEventName, boolean>;
  }

  /** Adds a listener and returns the function that removes it. */
  on<Name extends KeyManagerEventName>(name: Name, listener: KeyManagerListener<Name>): () => void {
    if (!isEventName(name)) throw new InvalidOptionsError(`There is no event "${String(name)}".`);
    if (typeof listener !== 'function') throw new InvalidOptionsError(`The listener of "${name}" must be a function.`);
    const listeners = ((this.#listeners[name] as Set<KeyManagerListener<Name>> | undefined) ??= new Set());
    listeners.add(listener);
    this.mayHear[name] = true;
    return () => void listeners.delete(listener);
  }

  /** Tells an event, which is built only if a listener or the log wants it. */
  tell<Name extends KeyManagerEventName>(name: Name, build: () => KeyManagerEvents[Name]): void {
    if (!this.mayHear[name]) return;
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
