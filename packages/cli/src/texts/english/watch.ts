import type { KeyStatus } from '@api-key-fallback/core';

/** What an event says, in the words of a language. What an event does not have is `''`. */
interface EventWords {
  readonly until: string;
  readonly reason: string;
  readonly actor: string;
  readonly place: string;
  readonly message: string;
  readonly added: number;
  readonly removed: number;
}

type EventText = (words: EventWords) => string;

const inBrackets = (text: string): string => (text === '' ? '' : ` (${text})`);
const until = (time: string): string => (time === '' ? '' : ` until ${time}`);
const by = (actor: string): string => (actor === '' ? '' : ` by ${actor}`);

/** What `watch` says. */
export const watch = {
  description: 'Show all keys live, and what happens to them',
  title: 'API Key Fallback',
  states: {
    healthy: 'healthy',
    suspect: 'suspect',
    recovering: 'back, not tried yet',
    cooling: 'cooling',
    disabled: 'disabled',
  } as Readonly<Record<KeyStatus['state'], string>>,
  reasons: {
    transient: 'failing',
    'rate-limited': 'rate-limited',
    'quota-exhausted': 'quota used up',
    'invalid-key': 'refused',
    'caller-error': 'wrong request',
    operator: 'by hand',
  } as Readonly<Record<NonNullable<KeyStatus['reason']>, string>>,
  /** The events that reach a process that makes no calls, by name. */
  events: {
    'key.cooled-down': (words) => `cooling${until(words.until)}${inBrackets(words.reason)}`,
    'key.disabled': (words) => `disabled${by(words.actor)}${inBrackets(words.reason)}`,
    'key.recovered': (words) => `available again${by(words.actor)}`,
    'keys.changed': ({ added, removed }) => `key list changed: ${added} added, ${removed} removed`,
    'keys.refresh-failed': ({ place, message }) => `keys cannot be loaded from ${place}: ${message}`,
    'keys.refreshed': ({ place }) => `keys are loaded from ${place} again`,
    'store.failed': ({ place, message }) => `the ${place} store is away: ${message}`,
    'store.recovered': ({ place }) => `the ${place} store is back`,
  } as Readonly<Record<string, EventText>>,
  usable: (usable: number, total: number): string => `${usable} of ${total} keys usable`,
  processes: (kind: string, count: number): string =>
    `${kind} store · ${count === 1 ? '1 process' : `${count} processes`}`,
  storeAway: (kind: string): string => `The ${kind} store is away. What is shown can be old.`,
  noStore:
    'No store: states of keys stay inside the process that learns them, and this one makes no calls. To watch your service, share its state with --redis or --state-dir.',
  eventsTitle: 'EVENTS',
  noEvents: 'none yet',
  moreKeys: (count: number): string => (count === 1 ? '… and 1 more key' : `… and ${count} more keys`),
  help: 'q: quit',
  /** Without a terminal. */
  started: (keys: number, providers: number): string =>
    `Watching ${keys === 1 ? '1 key' : `${keys} keys`} of ${providers === 1 ? '1 provider' : `${providers} providers`}. Each event is one line. Ctrl-C ends it.`,
};

export type WatchTexts = typeof watch;
