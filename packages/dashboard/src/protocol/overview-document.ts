import type { FeedEntry } from './events-document.ts';
import type { KeyRow, KeyUiState } from './key-row.ts';
import type { PoolHead, PoolName, StateCounts, SwarmView, Table } from './pool-head.ts';

/** A pool on the overview: all its keys, or the four that need attention first if it has more than 12. */
export interface PoolSection extends PoolHead {
  readonly rows: Table<KeyRow>;
  readonly swarm?: SwarmView;
}

/** A key at the side of the overview. */
export interface RailKey extends PoolName {
  readonly keyId: string;
  readonly label: string;
  readonly state: KeyUiState;
  readonly reason?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** The keys of a pool of more than 12 that come back, in one line. */
export interface RailPool extends PoolName {
  readonly count: number;
  readonly counts: Partial<StateCounts>;
  readonly firstBackAtMs?: number;
}

export interface OverviewDocument {
  readonly kind: 'overview';
  readonly totals: {
    /** Attempts of the last full minute. */
    readonly perMinute: number;
    /** The share of attempts that succeeded in the last 60 minutes, from 0 to 1; absent without any. */
    readonly success?: number;
    /** Calls that fell over to another key in the last 60 minutes. */
    readonly failovers: number;
    readonly usable: number;
    readonly total: number;
  };
  /** At most 20; more have pages. */
  readonly pools: Table<PoolSection>;
  readonly poolCount: number;
  readonly poolPage: number;
  /** Up to four. */
  readonly needsYou: { readonly count: number; readonly keys: readonly RailKey[] };
  /** Up to five keys, then one line for each big pool. */
  readonly comesBack: {
    readonly count: number;
    readonly keys: readonly RailKey[];
    readonly pools: readonly RailPool[];
  };
  /** Keys that an operator has switched off, and up to two of their labels. */
  readonly off: { readonly count: number; readonly labels: readonly string[] };
  /** The last six events, by sequence number. */
  readonly latest: Table<FeedEntry>;
}
