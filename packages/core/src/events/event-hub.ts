import { shown } from '../base/check-arguments.ts';
import { closestName } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { safely } from '../base/safely.ts';
import type { EventLog } from './event-log.ts';
import { eventNames } from './event-names.ts';
import type { KeyManagerEventName, KeyManagerEvents, KeyManagerListener } from './events.ts';

/** The name under which a listener receives the events of all names. */
export const allEvents = '*';

type Listener = (...event: never) => unknown;

/** Emits events to listeners and the log. Ignores what they throw or reject with. */
export class EventHub {
  /** Name → its listeners, each in an object of its own, so that one can be added twice. */
  readonly #listeners = new Map<string, Set<{ readonly listener: Listener }>>();
  readonly #log: EventLog;
  /** Whether an event may have a listener or a log line. Checked first, because most events have neither. */
  readonly #hasListeners = {} as Record<KeyManagerEventName, boolean>;

  constructor(log: EventLog) {
    this.#log = log;
    this.#noteListeners();
  }

  /** Adds a listener and returns the function that removes it. */
  on(name: KeyManagerEventName | typeof allEvents, listener: Listener): () => void {
    checkListener(name, listener, eventNames);
    const listeners = this.#listeners.get(name) ?? new Set();
    const added = { listener };
    this.#listeners.set(name, listeners.add(added));
    this.#noteListeners();
    return () => {
      listeners.delete(added);
      this.#noteListeners();
    };
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

  #noteListeners(): void {
    const isHeard = (name: string) => this.#listenersOf(name).length > 0;
    const isAnyHeard = isHeard(allEvents);
    for (const name of eventNames) this.#hasListeners[name] = isAnyHeard || isHeard(name) || this.#log.mayWrite(name);
  }

  #listenersOf(name: string): readonly Listener[] {
    return [...(this.#listeners.get(name) ?? [])].map(({ listener }) => listener);
  }

  #send<Name extends KeyManagerEventName, A extends readonly unknown[]>(
    name: Name,
    build: (...about: A) => KeyManagerEvents[Name],
    about: A,
  ): void {
    const listeners = this.#listenersOf(name) as KeyManagerListener<Name>[];
    const ofAll = this.#listenersOf(allEvents) as ((name: Name, event: KeyManagerEvents[Name]) => unknown)[];
    const isLogged = this.#log.willWrite(name);
    if (!isLogged && listeners.length + ofAll.length === 0) return;
    safely(() => {
      const event = build(...about);
      for (const listener of listeners) safely(() => listener(event));
      for (const listener of ofAll) safely(() => listener(name, event));
      if (isLogged) this.#log.write(name, event);
    });
  }
}

/** @throws InvalidOptionsError unless the name is `*` or one of these, and the listener a function. */
export function checkListener(name: unknown, listener: unknown, names: readonly string[]): void {
  if (name !== allEvents && !names.includes(name as string)) {
    throw new InvalidOptionsError(
      `Unknown event: ${shown(name)}.${similarNames(name, names)} Expected one of ${names.join(', ')}, or * for all.`,
    );
  }
  if (typeof listener === 'function') return;
  throw new InvalidOptionsError(`Expected a function as the listener of "${String(name)}".`);
}

/** Suggests the events whose name ends like a wrong one: people mix up what has failed, such as a key or an attempt. */
function similarNames(name: unknown, names: readonly string[]): string {
  if (typeof name !== 'string') return '';
  const endOf = (text: string) => text.slice(text.lastIndexOf('.') + 1);
  const whole = closestName(name, names);
  const similar = whole ? [whole] : names.filter((known) => closestName(endOf(name), [endOf(known)]));
  return similar.length === 0 ? '' : ` Did you mean ${similar.map((known) => `"${known}"`).join(' or ')}?`;
}
