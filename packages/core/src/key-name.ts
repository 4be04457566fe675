import type { VerdictKind } from './provider-adapter.ts';

/** How events, logs and errors name a key. */
export interface KeyName {
  /** The key's fingerprint; the same in every process. */
  readonly keyId: string;
  /** Its place in the list, from 1. */
  readonly position: number;
  /** The number of keys in the list. */
  readonly total: number;
  /** A public name, for example the variable it came from. */
  readonly label: string;
}

/** What a key has been used for in one window of time. */
export interface UsageCounts {
  attempts: number;
  successes: number;
  /** Failed attempts by verdict. */
  readonly failures: Record<VerdictKind, number>;
  /** What the attempts cost at the provider, as the adapter knows it; 1 each where it says nothing. */
  quotaUnits: number;
}

/** What one key has been used for since the process started. */
export interface KeyUsage extends UsageCounts {
  /** Attempts running now. */
  inUse: number;
  /** Start of the last attempt, in ms since the epoch, at most 250 ms too early; 0 when there was none. */
  lastUsedAtMs: number;
}
