import type { ApiKeyManager, KeyManagerEventName, KeyManagerEvents } from '@api-key-fallback/core';
import { eventNames } from '../../src/events/event-names.ts';

/** The events of a key's health. */
export const keyChanges = ['key.suspected', 'key.cooled-down', 'key.disabled', 'key.recovered'] as const;

/** An event and its name. */
export type RecordedEvent = readonly [KeyManagerEventName, KeyManagerEvents[KeyManagerEventName]];

/** Records the events of a manager from now on. */
export function recordEvents(
  manager: ApiKeyManager,
  names: readonly KeyManagerEventName[] = eventNames,
): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const name of names) manager.on(name, (event) => events.push([name, event]));
  return events;
}

/** Formats an event as one line: its name, the ordinal of its key and the number of its attempt. */
export function inWords([name, event]: RecordedEvent): string {
  const key = 'key' in event ? ` K${event.key.ordinal}` : '';
  const attempt = 'attemptNumber' in event ? ` ${event.attemptNumber}` : '';
  return `${name}${key}${attempt}`;
}
