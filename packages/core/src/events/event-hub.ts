import { shown } from '../base/check-arguments.ts';
import { closestName } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { safely } from '../base/safely.ts';
import type { EventLog } from './event-log.ts';
import {
  eventNames,
  isEventName,
  type KeyManagerEventName,
  type KeyManagerEvents,
  type KeyManagerListener,
} from './events.ts';

type Listeners = { [Name in KeyManagerEventName]?: Set<KeyManagerListener<Name>> };

/** Emits events to listeners and the log. Ignores what they throw or reject with. */
export class EventHub {
  readonly #listeners: Listeners = {};
  readonly #log: EventLog;
  /** Whether an event may have a listener or a log line. Checked first, because most events have neither. */
  readonly #hasListeners: Record<KeyManagerEventName, boolean>;

  constructor(log: EventLog) {
    this.#log = log;
    const logged = eventNames.map((name) => [name, log.mayWrite(name)] as const);
    this.#hasListeners = Object.fromEntries(logged) as Record<KeyManagerEventName, boolean>;
  }

  /** Adds a listener and returns the function that removes it. */
  on<Name extends KeyManagerEventName>(name: Name, listener: KeyManagerListener<Name>): () => void {
    if (!isEventName(name))
      throw new InvalidOptionsError(
        `Unknown event: ${shown(name)}.${similarNames(name)} Expected one of ${eventNames.join(', ')}.`,
      );
    if (typeof listener !== 'function')
      throw new InvalidOptionsError(`Expected a function as the listener of "${name}".`);
    const listeners = ((this.#listeners[name] as Set<KeyManagerListener<Name>> | undefined) ??= new Set());
    listeners.add(listener);
    this.#hasListeners[name] = true;
    return () => void listeners.delete(listener);
  }

  /**
   * Emits an event. `build` runs only if the event has a listener or a log line. It is given `about`, so that the events
   * of every call need no closure.
   */
  emit<Name extends KeyManagerEventName, A extends readonly unknown[]>(
    name: Name,
    build: (...about: A) => KeyManagerEvents[Name],
    ...about: A
  ): void {
    if (this.#hasListeners[name]) this.#send(name, build, about);
  }

  /** Whether an event has a listener or can have a log line, for events that take time to find out. */
  isHeard(name: KeyManagerEventName): boolean {
    return this.#hasListeners[name];
  }

  removeListeners(): void {
    for (const listeners of Object.values(this.#listeners)) listeners.clear();
  }

  #send<Name extends KeyManagerEventName, A extends readonly unknown[]>(
    name: Name,
    build: (...about: A) => KeyManagerEvents[Name],
    about: A,
  ): void {
    const listeners: ReadonlySet<KeyManagerListener<Name>> | undefined = this.#listeners[name];
    const isLogged = this.#log.willWrite(name);
    if (!isLogged && !listeners?.size) return;
    safely(() => {
      const event = build(...about);
      for (const listener of Array.from(listeners ?? [])) safely(() => listener(event));
      if (isLogged) this.#log.write(name, event);
    });
  }
}

/** Suggests the events whose name ends like a wrong one: people mix up what has failed, such as a key or an attempt. */
function similarNames(name: unknown): string {
  if (typeof name !== 'string') return '';
  const endOf = (text: string) => text.slice(text.lastIndexOf('.') + 1);
  const whole = closestName(name, eventNames);
  const similar = whole ? [whole] : eventNames.filter((known) => closestName(endOf(name), [endOf(known)]));
  return similar.length === 0 ? '' : ` Did you mean ${similar.map((known) => `"${known}"`).join(' or ')}?`;
}
