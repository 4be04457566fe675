import type { ApiKeyManager, KeyManagerEventName, KeyManagerEvents } from '@api-key-fallback/core';
import { eventNames } from '../../src/events/events.ts';

/** The events that tell a change of a key's health. */
export const keyChanges = ['key.suspected', 'key.cooled-down', 'key.disabled', 'key.recovered'] as const;

/** An event with its name in front. */
export type RecordedEvent = readonly [KeyManagerEventName, KeyManagerEvents[KeyManagerEventName]];

/** Collects what a manager tells from now on. */
export function recordEvents(
  manager: ApiKeyManager,
  names: readonly KeyManagerEventName[] = eventNames,
): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const name of names) manager.on(name, (event) => events.push([name, event]));
  return events;
}

/** An event in one line: its name, the place of its key, and the number of its attempt. */
export function inWords([name, event]: RecordedEvent): string {
  const key = 'key' in event ? ` K${event.key.ordinal}` : '';
  const attempt = 'attemptNumber' in event ? ` ${event.attemptNumber}` : '';
  return `${name}${key}${attempt}`;
}
