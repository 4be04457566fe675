import {
  eventNames,
  type ApiKeyManager,
  type KeyManagerEventName,
  type KeyManagerEvents,
} from '@api-key-fallback/core';

/** Events of each successful call. Without a listener core does not build them. */
const ignored: ReadonlySet<string> = new Set(['key.selected', 'attempt.started', 'attempt.succeeded', 'call.aborted']);

/** An event of a key manager, with its name. */
export type NamedEvent = {
  [Name in KeyManagerEventName]: { readonly name: Name; readonly event: KeyManagerEvents[Name] };
}[KeyManagerEventName];

/** Listens to the events of a key manager, but not to those of each attempt. Returns the function that ends it. */
export function followEvents(manager: ApiKeyManager, onEvent: (named: NamedEvent) => void): () => void {
  const names = eventNames.filter((name) => !ignored.has(name));
  const stops = names.map((name) => manager.on(name, (event) => onEvent({ name, event } as NamedEvent)));
  return () => {
    for (const stop of stops) stop();
  };
}
