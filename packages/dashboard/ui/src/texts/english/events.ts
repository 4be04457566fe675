/** The fields of an event as texts; '' for those that it does not have. */
interface EventFacts {
  readonly until: string;
  readonly reason: string;
  readonly actor: string;
  readonly next: string;
  readonly attempt: string;
  readonly limit: string;
  readonly message: string;
  readonly retryIn: string;
  readonly latency: string;
  readonly store: string;
  readonly source: string;
  readonly channel: string;
  readonly added: number;
  readonly removed: number;
}

type EventText = (facts: EventFacts) => string;

const by = (actor: string) => (actor === '' ? '' : ` by ${actor}`);
const because = (text: string) => (text === '' ? '' : `: ${text}`);
const inBrackets = (text: string) => (text === '' ? '' : ` (${text})`);
const until = (time: string) => (time === '' ? '' : ` until ${time}`);

/** The texts of events by name, or by name and variant: `key.checked:working`. */
const names: Readonly<Record<string, EventText>> = {
  'key.suspected': (facts) => `Suspect${until(facts.until)}${inBrackets(facts.reason)}`,
  'key.cooled-down': (facts) => `Cooling${until(facts.until)}${inBrackets(facts.reason)}`,
  'key.disabled': (facts) =>
    `Refused${inBrackets(facts.reason)}${facts.until === '' ? '' : `, tried again at ${facts.until}`}`,
  'key.disabled:operator': (facts) => `Disabled${by(facts.actor)}`,
  'key.limited': (facts) => `Full${until(facts.until)}${inBrackets(facts.limit)}`,
  'key.preferred': (facts) => `Put first${by(facts.actor)}${until(facts.until)}`,
  'key.preference-ended': (facts) =>
    `No longer put first${because(facts.actor === '' ? '' : `ended${by(facts.actor)}`)}`,
  'key.recovered': () => 'Recovered',
  'key.recovered:reset': (facts) => `Reset${by(facts.actor)}`,
  'key.recovered:enable': (facts) => `Enabled${by(facts.actor)}`,
  'key.checked': (facts) => `Tested${by(facts.actor)}: no clear answer${inBrackets(facts.reason)}`,
  'key.checked:working': (facts) => `Tested${by(facts.actor)}: it works${inBrackets(facts.latency)}`,
  'key.checked:refused': (facts) => `Tested${by(facts.actor)}: the provider refuses it${inBrackets(facts.reason)}`,
  'attempt.failed': (facts) => `Attempt ${facts.attempt} failed${inBrackets(facts.reason)}`,
  'call.fell-over': (facts) => `Fell over to ${facts.next}${inBrackets(facts.reason)}`,
  'call.failed': (facts) => `Call failed${because(facts.message)}`,
  'keys.exhausted': (facts) =>
    `No key can be used${inBrackets(facts.reason)}${facts.retryIn === '' ? '' : `. The first is back in ${facts.retryIn}`}`,
  'keys.changed': (facts) => `Key list changed: ${facts.added} added, ${facts.removed} removed`,
  'keys.refresh-failed': (facts) => `Keys cannot be loaded from ${facts.source}${because(facts.message)}`,
  'keys.refreshed': (facts) => `Keys are loaded from ${facts.source} again`,
  'budget.exhausted': () => 'Retry budget used up: calls go on without retries',
  'store.failed': (facts) => `The ${facts.store} store is away${because(facts.message)}`,
  'store.recovered': (facts) => `The ${facts.store} store is back`,
  'alert.tested': (facts) => `Test sent to ${facts.channel}${by(facts.actor)}`,
  'alert.tested:failed': (facts) => `Test to ${facts.channel} not delivered${because(facts.message)}`,
};

export const events = {
  title: 'Events',
  filter: 'Filter',
  kind: 'Kind',
  kinds: { health: 'Key health', calls: 'Calls', store: 'Store', actions: 'Actions' },
  provider: 'Provider',
  allProviders: 'All providers',
  pause: 'Pause updates',
  resume: 'Resume updates',
  arrived: (count: number, shown: string) => (count === 1 ? '1 new event' : `${shown} new events`),
  none: 'No event matches.',
  noneYet: 'No event yet. The first one appears here by itself.',
  clear: 'Clear the filter',
  raw: (name: string) => `The event ${name} as JSON`,
  kept: (count: string) => `The last ${count} events of this process are kept. The newest 100 that match are shown.`,
  fromStore: 'learned from another process',
  /** Reasons that are not kinds of failures; see `verdicts` for those. */
  reasons: {
    limited: 'all at their limits',
    unavailable: 'all out',
    mixed: 'for different reasons',
    'invalid-keys': 'all refused',
    operator: 'by an operator',
    marked: 'by the application',
  },
  names,
};
