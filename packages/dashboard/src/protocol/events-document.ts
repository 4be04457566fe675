import type { Table } from './pool-head.ts';

/** The kinds of events between which the page of events filters. */
export const eventKinds = ['health', 'calls', 'store', 'actions'] as const;

export type EventKind = (typeof eventKinds)[number];

/** An event of the feed. All fields of the event are here under their own names, except for keys and times that a row does not need. */
export interface FeedEntry {
  readonly sequence: number;
  readonly atMs: number;
  /** The name of the event, such as `key.disabled`; of the dashboard itself: `alert.tested`. */
  readonly name: string;
  readonly kind: EventKind;
  readonly provider: string;
  readonly pool: string;
  readonly displayName: string;
  readonly keyId?: string;
  readonly ordinal?: number;
  readonly label?: string;
  /** The label of the key that a call goes on with. */
  readonly next?: string;
  readonly bucket?: string;
  readonly reason?: string;
  readonly verdict?: string;
  readonly message?: string;
  readonly untilMs?: number;
  readonly retryAfterMs?: number;
  readonly attemptNumber?: number;
  readonly maxRetries?: number;
  readonly durationMs?: number;
  readonly latencyMs?: number;
  readonly outcome?: string;
  readonly operation?: string;
  readonly methodName?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly limit?: string;
  readonly source?: string;
  readonly store?: string;
  readonly added?: number;
  readonly removed?: number;
  readonly channel?: string;
  readonly isFromStore?: true;
}

export interface EventsDocument {
  readonly kind: 'events';
  /** The newest 100 that match, the newest first, by sequence number. */
  readonly entries: Table<FeedEntry>;
  /** The sequence number of the newest event, whether it matches or not; 0 for none. */
  readonly newest: number;
  /** How many events are kept. */
  readonly capacity: number;
  /** The pools between which the page can filter, by provider. */
  readonly providers: readonly { readonly provider: string; readonly displayName: string }[];
}
