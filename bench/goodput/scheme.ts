import type { KeyLimits } from '@api-key-fallback/core';
import type { KeyStateStore } from '@api-key-fallback/core/store';
import type { Ask } from './model-provider.ts';

/** What a process that makes calls is given. */
export interface Setting {
  readonly keys: readonly string[];
  /** Attempts with one key. */
  readonly maxRetries: number;
  /** The pause before another attempt. */
  readonly delayMs: number;
  /** The time limit of one attempt. */
  readonly timeoutMs?: number;
  /** The limits of each key, for schemes that can keep limits. */
  readonly limits?: KeyLimits;
  /** What the processes share, where they share something. */
  readonly store?: KeyStateStore;
}

/** Makes one call; it is served when the promise resolves. */
export type Caller = (ask: Ask) => Promise<unknown>;

/** A way to use several keys. */
export interface Scheme {
  readonly name: string;
  /** Begins a process that makes its calls this way. */
  start(setting: Setting): Caller;
}
