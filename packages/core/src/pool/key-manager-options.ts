import { longestTimerMs } from '../base/abortable.ts';
import { checkIsObject, shown } from '../base/check-arguments.ts';
import { checkOption } from '../base/check-option.ts';
import { checkOptionNames, managerOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { checkPoolName, defaultPool } from '../base/provider-name.ts';
import type { Runtime } from '../base/runtime.ts';
import { checkEnvFileOptions, type EnvFileOptions } from '../env/environment.ts';
import { checkTracer, type CallTracer } from '../events/call-tracer.ts';
import type { LogOptions } from '../events/event-log.ts';
import { checkKeyLimits, checkLimits, type KeyLimits, type Limits } from '../provider/key-limits.ts';
import type { KeyStateStore } from '../stores/key-state-store.ts';
import type { KeyStrategy } from './key-strategy.ts';
import type { RetryBudgetOptions } from './retry-budget.ts';

/** A key manager, as `fallbackTo` takes it. */
interface FallbackManager {
  readonly provider: string;
  readonly pool: string;
  retryWithFallback(...args: never): Promise<unknown>;
}

/** When a source is asked again. All times are in ms. */
export interface RefreshOptions {
  /** The time between two loads. @default 300_000 */
  readonly everyMs?: number;
  /** The random part of `everyMs`, from 0 to 1, so that processes do not load together. @default 0.1 */
  readonly jitter?: number;
  /** The least time between two loads that failures or refused keys ask for. @default 10_000 */
  readonly minGapMs?: number;
  /** The time limit of a load. @default 10_000 */
  readonly timeoutMs?: number;
  /** The age of the last good list from which calls fail with `KEY_SOURCE_FAILED`. @default Infinity */
  readonly maxStaleMs?: number;
  /** Whether a key that the provider refuses as invalid asks for a load. @default true */
  readonly onInvalidKey?: boolean;
  /** Whether a source may answer without keys. Otherwise that counts as a failed load. @default false */
  readonly allowEmpty?: boolean;
}

/**
 * Options of a key manager. An invalid one throws an `InvalidOptionsError` from the constructor.
 *
 * `directory` and `environmentName` say which `.env*` files can set the log level, the language and API_KEY_STATE_DIR.
 */
export interface KeyManagerOptions extends LogOptions, EnvFileOptions {
  /**
   * The name of the pool that the keys are in, up to 128 characters, for example that of a tenant. A call uses the keys of its pool
   * only, unless the pool has `fallbackTo`. @default 'default'
   */
  readonly pool?: string;
  /**
   * Where calls go on when the keys are exhausted, the key source has none, or the retry budget is spent: the name of another pool of
   * the provider, or the key manager of another provider, whose keys the method then receives (see `currentAttempt().provider`). A keyed
   * fetch goes on with the same provider only. A name that is not registered is warned of by the call. @default nowhere
   *
   * @example
   * new OpenAIKeyManager(keysOfAcme, { pool: 'acme', fallbackTo: 'shared' });
   */
  readonly fallbackTo?: string | FallbackManager;
  /** Which of the best keys a call takes first. @default 'in-order' */
  readonly strategy?: KeyStrategy;
  /**
   * The limits of each key that has none of its own. An attempt begins only where there is room; with no room left a call does what
   * `onExhausted` says.
   */
  readonly limits?: KeyLimits;
  /** Group → the limits of all its keys together. */
  readonly groupLimits?: Readonly<Record<string, Limits>>;
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
  /** Whether `status()` shows how long the attempts of each key take. Takes about 0.5 KB for each key. @default false */
  readonly latency?: boolean;
  /**
   * Keeps the state of the keys and shares it between processes; `false` for none. Without a store the state ends with the process.
   *
   * @default a `FileStore` in the directory API_KEY_STATE_DIR if that is set, else no store
   */
  readonly store?: KeyStateStore | false;
  /** Traces the calls, for example with spans. `registry.trace()` does so for all managers. @default none */
  readonly tracer?: CallTracer;
  /** When a key source is asked again. For a manager that is made with a source. */
  readonly refresh?: RefreshOptions;
  /** Replaces the clock, pauses, timers and random source, for tests. @default the system's */
  readonly runtime?: Partial<Runtime>;
}

/** Checked options with every default filled in. */
type KeyManagerSettings = KeyManagerOptions &
  Required<Pick<KeyManagerOptions, 'pool' | 'strategy' | 'retryBudget' | 'retryOn' | 'recheckInvalid' | 'latency'>>;

/** Fills in the defaults. @throws InvalidOptionsError naming the option and its value. */
export function checkManagerOptions(options: KeyManagerOptions): KeyManagerSettings {
  checkOptionNames('options', options, managerOptionNames, "{ strategy: 'round-robin' }");
  const {
    pool = defaultPool,
    strategy = 'in-order',
    retryBudget = {},
    retryOn = 'same-key',
    recheckInvalid = true,
    latency = false,
    ...rest
  } = options;
  checkPoolName('"pool"', pool);
  checkEnvFileOptions(rest);
  if (rest.clientOptions !== undefined) checkIsObject('clientOptions', rest.clientOptions);
  if (rest.runtime !== undefined) checkRuntime(rest.runtime);
  if (rest.refresh !== undefined) checkRefreshOptions(rest.refresh);
  if (rest.tracer !== undefined) checkTracer('tracer', rest.tracer);
  if (rest.limits !== undefined) checkKeyLimits('limits', rest.limits);
  if (rest.groupLimits !== undefined)
    checkIsObject('groupLimits', rest.groupLimits, "{ 'org-a': { tokensPerMinute: 200_000 } }");
  for (const [group, limits] of Object.entries(rest.groupLimits ?? {})) checkLimits(`groupLimits.${group}`, limits);
  if (retryOn !== 'same-key' && retryOn !== 'next-key') {
    throw new InvalidOptionsError(`"retryOn" must be 'same-key' or 'next-key'; it is ${shown(retryOn)}.`);
  }
  for (const [name, value] of Object.entries({ recheckInvalid, latency })) {
    checkOption(typeof value === 'boolean', name, value, 'true or false');
  }
  return { ...rest, pool, strategy, retryBudget, retryOn, recheckInvalid, latency };
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

const defaultRefresh: Required<RefreshOptions> = {
  everyMs: 300_000,
  jitter: 0.1,
  minGapMs: 10_000,
  timeoutMs: 10_000,
  maxStaleMs: Infinity,
  onInvalidKey: true,
  allowEmpty: false,
};

/** Fills in the defaults. @throws InvalidOptionsError naming the option and its value. */
export function checkRefreshOptions(options: RefreshOptions): Required<RefreshOptions> {
  checkOptionNames('refresh', options, new Set(Object.keys(defaultRefresh)), '{ everyMs: 60_000 }');
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...defaultRefresh, ...given };
  for (const name of ['everyMs', 'minGapMs', 'timeoutMs', 'maxStaleMs'] as const) {
    const value: unknown = settings[name];
    if (typeof value === 'number' && value >= (name === 'minGapMs' ? 0 : 1)) continue;
    throw new InvalidOptionsError(`"refresh.${name}" must be a time in ms; it is ${shown(value)}.`);
  }
  if (settings.timeoutMs > longestTimerMs && settings.timeoutMs !== Infinity) {
    throw new InvalidOptionsError(`"refresh.timeoutMs" must be at most ${longestTimerMs}, or Infinity.`);
  }
  if (!(settings.jitter >= 0 && settings.jitter <= 1)) {
    throw new InvalidOptionsError(`"refresh.jitter" must be a number from 0 to 1; it is ${shown(settings.jitter)}.`);
  }
  for (const name of ['onInvalidKey', 'allowEmpty'] as const) {
    if (typeof settings[name] === 'boolean') continue;
    throw new InvalidOptionsError(`"refresh.${name}" must be true or false; it is ${shown(settings[name])}.`);
  }
  return settings;
}
