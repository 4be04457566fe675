import type { KeyUiState } from './key-row.ts';

/** Rows by id, and the order in which they are shown. */
export interface Table<Row> {
  readonly order: readonly string[];
  readonly rows: Readonly<Record<string, Row>>;
}

/** A pool of keys. Its id is `provider`, or `provider/pool` unless the pool is the default one. */
export interface PoolName {
  readonly provider: string;
  readonly pool: string;
  /** The provider's name for people, with that of the pool unless it is the default one: `OpenAI` or `OpenAI · batch`. */
  readonly displayName: string;
}

export type Health = 'ok' | 'degraded' | 'down';

/** The number of keys in each state. */
export type StateCounts = Readonly<Record<KeyUiState, number>>;

/** All keys as letters in list order, 100 in each piece, so that a change sends one piece. The names are 0, 1, … */
export type SwarmView = Readonly<Record<string, string>>;

/** The head of a pool, on all pages. */
export interface PoolHead extends PoolName {
  readonly health: Health;
  /** Keys that a call can use now, of those that are not switched off. */
  readonly usable: number;
  readonly total: number;
  /** All keys. */
  readonly keys: number;
  readonly counts: StateCounts;
  /** Attempts of the last full minute. */
  readonly perMinute: number;
  /** Of the calls of the last full minute that had any, in ms. */
  readonly p95Ms?: number;
}
