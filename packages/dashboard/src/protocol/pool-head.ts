import type { KeyUiState } from './key-row.ts';

/** Rows by id, and the order in which they are shown. */
export interface Table<Row> {
  readonly order: readonly string[];
  readonly rows: Readonly<Record<string, Row>>;
}

/** A pool of keys. */
export interface PoolName {
  readonly provider: string;
  readonly pool: string;
  /** The provider's name for people, with that of the pool unless it is the default one: `OpenAI` or `OpenAI · batch`. */
  readonly displayName: string;
}

/** The id of a pool in documents: `provider`, or `provider/pool` unless the pool is the default one. */
export function poolIdOf({ provider, pool }: Pick<PoolName, 'provider' | 'pool'>): string {
  return pool === 'default' ? provider : `${provider}/${pool}`;
}

export type Health = 'ok' | 'degraded' | 'down';

/** The number of keys in each state. */
export type StateCounts = Readonly<Record<KeyUiState, number>>;

/** The number of keys in a piece of a swarm. */
export const swarmPieceLength = 100;

/** All keys as letters in list order, in pieces named 0, 1, …, so that a change of one key sends one piece. */
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
