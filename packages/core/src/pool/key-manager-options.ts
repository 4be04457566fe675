import { InvalidOptionsError } from '../base/errors.ts';
import type { Runtime } from '../base/runtime.ts';
import type { LogOptions } from '../events/event-log.ts';
import type { KeyStateStore } from '../stores/key-state-store.ts';
import type { KeyStrategy } from './key-selection.ts';
import type { RetryBudgetOptions } from './retry-budget.ts';

/** Options of a key manager: choice of keys, clients, retry budget and log. */
export interface KeyManagerOptions extends LogOptions {
  /** Which of the equally healthy keys a call takes first. @default 'in-order' */
  readonly strategy?: KeyStrategy;
  /** Options for the clients that `inject: 'client'` hands out, passed to the adapter's `createClient`. */
  readonly clientOptions?: object;
  /** How many retries may be added to the traffic in an outage; `false` for no limit. */
  readonly retryBudget?: RetryBudgetOptions | false;
  /** Where a retry goes, unless a method or call says otherwise; see `FallbackOptions.retryOn`. @default 'same-key' */
  readonly retryOn?: 'same-key' | 'next-key';
  /**
   * Whether a key that the provider refused as invalid is tried again by itself: by one call with one attempt after 5 min,
   * twice as late each time, up to 24 h. With `false` it stays out until `enable()` or `reset()`. @default true
   */
  readonly recheckInvalid?: boolean;
  /**
   * Where what is known of the keys is kept and shared; without one it ends with the process.
   *
   * @default a `FileStore` in API_KEY_STATE_DIR, where that is set; `false` for none in any case
   */
  readonly store?: KeyStateStore | false;
  /** Replaces the clock, the pause, the timer and the random source, for tests. */
  readonly runtime?: Partial<Runtime>;
}

/** Checked options with every default filled in. */
type KeyManagerSettings = KeyManagerOptions &
  Required<Pick<KeyManagerOptions, 'strategy' | 'retryBudget' | 'retryOn' | 'recheckInvalid'>>;

/** Fills in the defaults. @throws InvalidOptionsError naming the option and its value. */
export function checkManagerOptions({
  strategy = 'in-order',
  retryBudget = {},
  retryOn = 'same-key',
  recheckInvalid = true,
  ...rest
}: KeyManagerOptions): KeyManagerSettings {
  if (retryOn !== 'same-key' && retryOn !== 'next-key') {
    throw new InvalidOptionsError(`"retryOn" must be 'same-key' or 'next-key'; it is ${JSON.stringify(retryOn)}.`);
  }
  if (typeof recheckInvalid !== 'boolean') {
    throw new InvalidOptionsError(`"recheckInvalid" must be true or false; it is ${JSON.stringify(recheckInvalid)}.`);
  }
  return { ...rest, strategy, retryBudget, retryOn, recheckInvalid };
}
