import type { Feed } from '../collect/feed.ts';
import type { WatchedPool } from '../collect/watched-pool.ts';
import type { EventsDocument, FeedEntry } from '../protocol/events-document.ts';
import type { View } from '../protocol/view.ts';
import { tableOf } from './table-of.ts';

const mostEntries = 100;

type EventsView = Extract<View, { readonly page: 'events' }>;

/** Fields in which a text is searched. */
const searched = [
  'name',
  'displayName',
  'label',
  'next',
  'bucket',
  'reason',
  'verdict',
  'message',
  'operation',
  'methodName',
  'actor',
  'limit',
  'source',
  'channel',
] as const satisfies readonly (keyof FeedEntry)[];

/** The page of events. */
export function buildEvents(view: EventsView, pools: readonly WatchedPool[], feed: Feed): EventsDocument {
  const found = feed.entries.filter(matcherOf(view)).slice(0, mostEntries);
  return {
    kind: 'events',
    entries: tableOf(found, ({ sequence }) => String(sequence)),
    newest: feed.newest,
    capacity: feed.capacity,
    providers: providersOf(pools),
  };
}

function matcherOf({ provider, kinds, search }: EventsView): (entry: FeedEntry) => boolean {
  const text = search.trim().toLowerCase();
  const hasText = (entry: FeedEntry) => searched.some((name) => entry[name]?.toLowerCase().includes(text));
  return (entry) =>
    (provider === '' || entry.provider === provider) && kinds.includes(entry.kind) && (text === '' || hasText(entry));
}

function providersOf(pools: readonly WatchedPool[]): EventsDocument['providers'] {
  const names = new Map(pools.map(({ status: { now } }) => [now.provider, now.displayName]));
  return [...names].map(([provider, displayName]) => ({ provider, displayName }));
}
