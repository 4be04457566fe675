/** The states of a key on the page, from the one that needs attention first. See `stateLetters` for their letters in lanes and swarms. */
export const keyStates = ['refused', 'cooling', 'off', 'suspect', 'full', 'recovering', 'healthy'] as const;

export type KeyUiState = (typeof keyStates)[number];

/** The states in which a call can use a key. */
export const usableStates: ReadonlySet<KeyUiState> = new Set(['healthy', 'suspect', 'recovering']);

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
  /** When its state ends or, for a refused key, when it is tried again; absent if that is not known. */
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

interface LastError {
  readonly verdict: Verdict;
  /** The adapter's short code. */
  readonly reason: string;
  /** One redacted line. */
  readonly message: string;
  readonly atMs: number;
}
