// What the page of a view shows. No field can hold a key. Times that end in `AtMs` or `UntilMs` are in ms since the epoch, by the
// server's clock; absent fields are left out, because `null` removes a field in a patch.

/** The states of a key on the page, from the one that needs attention first. See `stateLetters` for their letters in lanes and swarms. */
export const keyStates = ['refused', 'cooling', 'off', 'suspect', 'full', 'recovering', 'healthy'] as const;
export type KeyUiState = (typeof keyStates)[number];

/** One letter for each state, in swarms and lanes. `-` in a lane: nothing is known of that minute. */
export const stateLetters: Readonly<Record<KeyUiState, string>> = {
  refused: 'x',
  cooling: 'c',
  off: 'o',
  suspect: 's',
  full: 'f',
  recovering: 'r',
  healthy: 'h',
};

/** Why attempts fail. */
export const verdicts = ['rate-limited', 'quota-exhausted', 'invalid-key', 'transient', 'caller-error'] as const;
export type Verdict = (typeof verdicts)[number];

/** The time that charts show: 10 s, 1 min or 15 min for each point. */
export const ranges = ['10m', '1h', '24h'] as const;
export type Range = (typeof ranges)[number];

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

/** The first key that is back by itself. */
export interface FirstBack {
  readonly label: string;
  readonly backAtMs: number;
}

/** What is wrong, in one sentence. The page writes it. */
export type Headline =
  | { readonly kind: 'empty' }
  /** No key of the pool can be used. */
  | { readonly kind: 'down'; readonly pool: PoolName; readonly firstBack?: FirstBack }
  /** Half of its keys or more are out. `refused` is the label of a refused one. */
  | {
      readonly kind: 'half';
      readonly pool: PoolName;
      readonly usable: number;
      readonly total: number;
      readonly refused?: string;
      readonly firstBack?: FirstBack;
    }
  /** Keys that were refused, of all pools. */
  | { readonly kind: 'refused'; readonly count: number }
  /** Keys that are out and come back by themselves. */
  | { readonly kind: 'out'; readonly count: number }
  | { readonly kind: 'fine'; readonly count: number };

/** What all pages show. */
export interface Frame {
  readonly headline: Headline;
  /** Since when the history is kept. */
  readonly historySinceMs: number;
  /** The store through which processes share their state, if all or some pools have one. */
  readonly store?: {
    readonly kind: string;
    /** The most processes that share a pool. */
    readonly processes: number;
    /** Since when it is away; absent while it is there. */
    readonly awaySinceMs?: number;
    /** Whether only some of the pools have a store. */
    readonly isPartial?: true;
  };
  /** The number of alerts that fire. */
  readonly firing: number;
}

/** How much of a limit is used. The names are those of `status().keys[].limits`. */
export interface LimitView {
  readonly name: string;
  readonly source: 'configured' | 'header' | 'documented' | 'learned';
  readonly limit?: number;
  readonly used?: number;
  readonly remaining?: number;
  readonly resetsAtMs?: number;
  readonly window?: string;
  readonly bucket?: string;
  readonly group?: string;
}

/** The last 60 minutes of a key, one character for each, the running minute last. */
export interface LaneView {
  /** The running minute, in minutes since the epoch. */
  readonly minute: number;
  /** The worst state of each minute; see `stateLetters`, and `-` for what is not known. */
  readonly states: string;
  /** `.` for no attempt, otherwise the share of failed ones in tenths: `0` to `9`, and `X` for all. */
  readonly failures: string;
}

/** A key in a list. */
export interface KeyRow {
  readonly keyId: string;
  /** Its place in the list, from 1. */
  readonly ordinal: number;
  readonly label: string;
  readonly masked: string;
  readonly group?: string;
  readonly weight?: number;
  readonly state: KeyUiState;
  /** The kind of the verdict; `operator`; or the name of the limit for a full one. */
  readonly reason?: string;
  /** Who switched it off, if this process knows. */
  readonly actor?: string;
  /** Since when it is in this state, if this process has seen the change. */
  readonly sinceMs?: number;
  /** When it comes back, has room, is no longer suspect or is tried again; absent if that is not known. */
  readonly untilMs?: number;
  readonly isNext?: true;
  /** An operator has put it first. */
  readonly isPreferred?: true;
  /** Attempts that run now. */
  readonly running: number;
  /** The start of its last attempt, within a second; absent if there was none. */
  readonly lastUsedAtMs?: number;
  /** Attempts of the last 60 minutes, and how many of them failed. */
  readonly attempts: number;
  readonly failed: number;
  readonly lane: LaneView;
  /** The limit of which most is used; absent if none is known. */
  readonly limit?: LimitView;
  /** On the page of the provider: all limits, the tightest first. */
  readonly limits?: readonly LimitView[];
  /** On the page of the provider. */
  readonly lastError?: LastError;
}

export interface LastError {
  readonly verdict: Verdict;
  /** The adapter's short code. */
  readonly reason: string;
  /** One redacted line. */
  readonly message: string;
  readonly atMs: number;
}

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
  /** Keys that somebody has switched off; up to two of their labels. */
  readonly off: { readonly count: number; readonly labels: readonly string[] };
  /** The last six events, by sequence number. */
  readonly latest: Table<FeedEntry>;
}

/** A key in the order of the next call. */
export interface NextView {
  readonly keyId: string;
  readonly label: string;
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

/** An event of the feed. All fields of the event are here under their own names, except for keys and times that a row does not need. */
export interface FeedEntry {
  readonly sequence: number;
  readonly atMs: number;
  /** The name of the event, such as `key.disabled`; of the dashboard itself: `alert.tested`. */
  readonly name: string;
  readonly kind: 'health' | 'calls' | 'store' | 'actions';
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

/** An alert that fires, waits to fire, or is muted by a worse one. */
export interface AlertView {
  readonly fingerprint: string;
  readonly rule: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly provider: string;
  readonly pool: string;
  readonly displayName: string;
  readonly startsAtMs: number;
  /** Up to eight labels of the keys concerned, and how many there are. */
  readonly keys: readonly string[];
  readonly keyCount: number;
  readonly backAtMs?: number;
  /** When a pending one fires if it lasts. */
  readonly firesAtMs?: number;
  /** The rule that mutes it. */
  readonly mutedBy?: string;
  readonly values?: Readonly<Record<string, string | number>>;
  /** The text of a rule of the application. */
  readonly message?: string;
}

export interface AlertsDocument {
  readonly kind: 'alerts';
  /** Whether the dashboard was given alerts to show. */
  readonly isSetUp: boolean;
  readonly firing: readonly AlertView[];
  readonly pending: readonly AlertView[];
  readonly muted: readonly AlertView[];
  readonly rules: readonly {
    readonly name: string;
    readonly severity: 'critical' | 'warning' | 'info';
    readonly forMs: number;
    readonly isOn: boolean;
    readonly isBuiltIn: boolean;
    readonly options: Readonly<Record<string, number>>;
  }[];
  readonly channels: readonly {
    readonly channel: string;
    readonly state: 'working' | 'failing' | 'stopped';
    readonly waiting: number;
    readonly lost: number;
    /** The number of the try that is under way or waits, from 1 to 5. */
    readonly tries?: number;
    readonly lastDeliveredAtMs?: number;
    readonly lastDurationMs?: number;
    readonly lastError?: { readonly message: string; readonly atMs: number };
  }[];
  /** The last 20, the newest first. */
  readonly deliveries: readonly {
    readonly channel: string;
    readonly atMs: number;
    readonly durationMs: number;
    readonly tries: number;
    readonly isDelivered: boolean;
    readonly kind: string;
    readonly displayName: string;
    readonly error?: string;
  }[];
}

/** The view names a pool that there is not. */
export interface UnknownPoolDocument {
  readonly kind: 'unknown-pool';
  readonly provider: string;
  readonly pool: string;
}

/** The document of a view: what all pages show, and its page. */
export interface PageDocument {
  readonly frame: Frame;
  readonly page: OverviewDocument | ProviderDocument | EventsDocument | AlertsDocument | UnknownPoolDocument;
}
