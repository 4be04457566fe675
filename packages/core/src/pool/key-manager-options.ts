import { checkIsObject, shown } from '../base/check-arguments.ts';
import { checkOptionNames, managerOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import type { Runtime } from '../base/runtime.ts';
import { checkEnvFileOptions, type EnvFileOptions } from '../env/environment.ts';
import type { LogOptions } from '../events/event-log.ts';
import type { KeyStateStore } from '../stores/key-state-store.ts';
import type { KeyStrategy } from './key-selection.ts';
import type { RetryBudgetOptions } from './retry-budget.ts';

/**
 * Options of a key manager. An invalid one throws an `InvalidOptionsError` from the constructor.
 *
 * `directory` and `environmentName` say which `.env*` files can set the log level, the language and API_KEY_STATE_DIR.
 */
export interface KeyManagerOptions extends LogOptions, EnvFileOptions {
  /** Which of the best keys a call takes first. @default 'in-order' */
  readonly strategy?: KeyStrategy;
  /** Options for the clients of `inject: 'client'` and `getClient()`, passed to the adapter's `createClient`. @default none */
  readonly clientOptions?: object;
  /** How many retries calls can add to the traffic in an outage; `false` for no limit. @default { tokens: 40 } */
  readonly retryBudget?: RetryBudgetOptions | false;
  /** The default of `FallbackOptions.retryOn` for all calls. @default 'same-key' */
  readonly retryOn?: 'same-key' | 'next-key';
  /**
   * Whether a key that the provider refused as invalid is tried again: by one attempt after 5 min, doubling up to 24 h. With `false`
   * it stays disabled until `enable()` or `reset()`. @default true
   */
  readonly recheckInvalid?: boolean;
  /**
   * Keeps the state of the keys and shares it between processes; `false` for none. Without a store the state ends with the process.
   *
   * @default a `FileStore` in the directory API_KEY_STATE_DIR if that is set, else no store
   */
  readonly store?: KeyStateStore | false;
  /** Replaces the clock, pauses, timers and random source, for tests. @default the system's */
  readonly runtime?: Partial<Runtime>;
}

/** Checked options with every default filled in. */
type KeyManagerSettings = KeyManagerOptions &
  Required<Pick<KeyManagerOptions, 'strategy' | 'retryBudget' | 'retryOn' | 'recheckInvalid'>>;

/** Fills in the defaults. @throws InvalidOptionsError naming the option and its value. */
export function checkManagerOptions(options: KeyManagerOptions): KeyManagerSettings {
  checkOptionNames('options', options, managerOptionNames, "{ strategy: 'round-robin' }");
  const { strategy = 'in-order', retryBudget = {}, retryOn = 'same-key', recheckInvalid = true, ...rest } = options;
  checkEnvFileOptions(rest);
  if (rest.clientOptions !== undefined) checkIsObject('clientOptions', rest.clientOptions);
  if (rest.runtime !== undefined) checkRuntime(rest.runtime);
  if (retryOn !== 'same-key' && retryOn !== 'next-key') {
    throw new InvalidOptionsError(`"retryOn" must be 'same-key' or 'next-key'; it is ${shown(retryOn)}.`);
  }
  if (typeof recheckInvalid !== 'boolean') {
    throw new InvalidOptionsError(`"recheckInvalid" must be true or false; it is ${shown(recheckInvalid)}.`);
  }
  return { ...rest, strategy, retryBudget, retryOn, recheckInvalid };
}

function checkRuntime(runtime: Partial<Runtime>): void {
  checkIsObject('runtime', runtime);
  for (const part of ['now', 'sleep', 'timer', 'random'] as const) {
    if (runtime[part] === undefined || typeof runtime[part] === 'function') continue;
    throw new InvalidOptionsError(`"runtime.${part}" must be a function; it is ${shown(runtime[part])}.`);
  }
  if (runtime.now && !returnsTime(() => runtime.now?.())) {
    throw new InvalidOptionsError('"runtime.now" must return a time in ms since the epoch.');
  }
}

function returnsTime(now: () => unknown): boolean {
  try {
    return Number.isFinite(now());
  } catch {
    return false;
  }
}
