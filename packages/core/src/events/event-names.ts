import type { KeyManagerEventName } from './events.ts';

const eventNameSet: Readonly<Record<KeyManagerEventName, true>> = {
  'key.selected': true,
  'attempt.started': true,
  'attempt.succeeded': true,
  'attempt.failed': true,
  'call.fell-over': true,
  'key.suspected': true,
  'key.cooled-down': true,
  'key.disabled': true,
  'key.limited': true,
  'key.preferred': true,
  'key.preference-ended': true,
  'key.recovered': true,
  'key.checked': true,
  'call.succeeded': true,
  'call.aborted': true,
  'call.failed': true,
  'budget.exhausted': true,
  'store.failed': true,
  'store.recovered': true,
  'keys.changed': true,
  'keys.refresh-failed': true,
  'keys.refreshed': true,
  'keys.exhausted': true,
};

/**
 * The names of all events of a key manager.
 *
 * @example
 * const transitions = eventNames.filter((name) => name.startsWith('key.'));
 */
export const eventNames: readonly KeyManagerEventName[] = Object.keys(eventNameSet) as KeyManagerEventName[];
