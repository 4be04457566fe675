import { createHash } from 'node:crypto';
import { KeyHealth } from './key-health.ts';
import type { VerdictKind } from './provider-adapter.ts';
import { maskKey } from './redaction.ts';

/** What one key has been used for since the process started. */
export interface KeyUsage {
  attempts: number;
  successes: number;
  /** Failed attempts by verdict. */
  readonly failures: Record<VerdictKind, number>;
  /** Attempts running now. */
  inUse: number;
  /** Start of the last attempt, in ms since the epoch; 0 when there was none. */
  lastUsedAtMs: number;
}

/** How events and logs name a key. */
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

function fingerprint(provider: string, secret: string): string {
  return createHash('sha256').update(`${provider}\0${secret}`).digest().subarray(0, 16).toString('base64url');
}

/** One key of a pool: its secret, which nothing prints, and what is known about it. */
export class PooledKey {
  readonly name: KeyName;
  readonly masked: string;
  readonly group: string | undefined;
  readonly health: KeyHealth = new KeyHealth();
  readonly usage: KeyUsage = {
    attempts: 0,
    successes: 0,
    failures: { transient: 0, 'rate-limited': 0, 'quota-exhausted': 0, 'invalid-key': 0, 'caller-error': 0 },
    inUse: 0,
    lastUsedAtMs: 0,
  };
  readonly #secret: string;

  constructor(provider: string, secret: string, name: Omit<KeyName, 'keyId'>, group: string | undefined) {
    this.#secret = secret;
    this.name = Object.freeze({ keyId: fingerprint(provider, secret), ...name });
    this.masked = maskKey(secret);
    this.group = group;
  }

  get secret(): string {
    return this.#secret;
  }
}
