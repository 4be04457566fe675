import type { KeyRow, KeyUiState, Verdict } from './key-row.ts';
import type { PoolHead, SwarmView, Table } from './pool-head.ts';

/** The time that charts show: 10 s, 1 min or 15 min for each point. */
export const ranges = ['10m', '1h', '24h'] as const;

export type Range = (typeof ranges)[number];

/** A key in the order of the next call. */
export interface NextView {
  readonly keyId: string;
  readonly label: string;
  readonly state: KeyUiState;
  /** As in `status().next`. */
  readonly reason: string;
  readonly limit?: string;
  readonly availableAtMs?: number;
}

/** What a chart shows. All lists have the same length; the last point is the running one. */
export interface SeriesView {
  readonly stepMs: number;
  /** The start of the last point. */
  readonly lastAtMs: number;
  /** Points before this one lie before the history. */
  readonly firstIndex: number;
  readonly ok: readonly number[];
  /** Failed attempts by verdict; those that are all 0 are left out. */
  readonly failures: Readonly<Partial<Record<Verdict, readonly number[]>>>;
  /** The durations of calls in ms; -1 for a point without calls. */
  readonly p50: readonly number[];
  readonly p95: readonly number[];
  readonly p99: readonly number[];
}

/** The use of a daily limit by one key, or by a group. */
export interface QuotaKey {
  readonly keyId: string;
  readonly label: string;
  readonly group?: string;
  readonly used: number;
  readonly limit: number;
}

/** The day of the provider, for the limits of a day. */
export interface QuotaView {
  readonly timeZone: string;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  /** The name of the limit, such as `unitsPerDay`. */
  readonly limit: string;
  readonly used: number;
  readonly max: number;
  /** Up to 12, those that have used most first. */
  readonly keys: readonly QuotaKey[];
}

/** Failures of the last 60 minutes with one code. */
export interface ReasonRow {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly count: number;
  readonly lastAtMs: number;
}

export interface BucketState {
  readonly bucket: string;
  readonly state: KeyUiState;
  readonly reason?: string;
  readonly untilMs?: number;
}

/** Everything about one key. */
export interface KeyDetails extends KeyRow {
  readonly buckets: readonly BucketState[];
  readonly lastSuccessAtMs?: number;
  readonly latency?: { readonly p50Ms: number; readonly p95Ms: number; readonly count: number };
  /** Attempts that began in the last minute, and the most in one of the last minutes. */
  readonly rate: { readonly lastMinute: number; readonly peak: number };
  /** Of all processes that share the store. */
  readonly total: UsageView;
  readonly today: UsageView;
  /** Its place in the order of the next call, and why. */
  readonly next: NextView & { readonly place: number };
}

export interface UsageView {
  readonly attempts: number;
  readonly successes: number;
  readonly failures: Readonly<Record<Verdict, number>>;
  readonly quotaUnits: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly tokens: number;
}

export interface ProviderDocument extends PoolHead {
  readonly kind: 'provider';
  /** The keys that the next call tries first, up to three, how many more follow, and up to 12 that it passes over. */
  readonly next: {
    readonly first: readonly NextView[];
    readonly more: number;
    readonly passedOver: readonly NextView[];
    readonly morePassedOver: number;
  };
  /** The key that an operator has put first. */
  readonly preferred?: { readonly keyId: string; readonly label: string; readonly untilMs?: number };
  readonly source?: { readonly name: string; readonly lastSuccessAtMs?: number; readonly lastAttemptAtMs?: number };
  readonly range: Range;
  readonly series: SeriesView;
  readonly quota: readonly QuotaView[];
  /** Most frequent first, up to 20. */
  readonly reasons: readonly ReasonRow[];
  /** The keys that match, 20 for each page; without pages up to 12 keys. */
  readonly rows: Table<KeyRow>;
  readonly matches: number;
  readonly keyPage: number;
  readonly swarm?: SwarmView;
  /** Groups and buckets, for up to 12 keys of which one has a group or a bucket. */
  readonly buckets?: {
    readonly names: readonly string[];
    readonly keys: readonly {
      readonly keyId: string;
      readonly label: string;
      readonly group?: string;
      readonly whole: BucketState;
      readonly byName: Readonly<Record<string, BucketState>>;
    }[];
  };
  /** Of the key that the view names; absent if there is none. */
  readonly details?: KeyDetails;
}

/** For a view of a pool that does not exist. */
export interface UnknownPoolDocument {
  readonly kind: 'unknown-pool';
  readonly provider: string;
  readonly pool: string;
}
