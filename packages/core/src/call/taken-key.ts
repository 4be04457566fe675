import type { PooledKey } from '../state/pooled-key.ts';

/** The key of a call's next attempt; `delayMs` if the call returns to a key that has attempts left. */
export interface TakenKey {
  readonly key: PooledKey;
  readonly delayMs?: number;
}
