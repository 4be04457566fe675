import { abortable, startTimeout } from '../base/abortable.ts';
import { shownKind } from '../base/check-arguments.ts';
import { checkOption, checkTimeout } from '../base/check-option.ts';
import { checkOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { readField } from '../base/read-field.ts';
import type { KeyManagerEvents } from '../events/events.ts';
import type { KeyRef } from '../events/key-ref.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { learnLimits } from '../pool/observe-response.ts';
import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
import type { KeyVerdict, ProbeContext, ProbeResult, RateLimit } from '../provider/provider-adapter.ts';
import type { KeyState } from '../state/health-view.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { checkActor, type ActorOptions } from './actor.ts';
import { chosenKey, type KeyChoice } from './chosen-key.ts';

/** Options of `checkKeys()`. */
export interface CheckKeysOptions extends ActorOptions {
  /** The keys to check, in plain text or by `keyId`. @default all */
  readonly keys?: readonly KeyChoice[];
  /** Ends the check with the signal's reason when it aborts. @default none */
  readonly signal?: AbortSignal;
  /** Time limit for each key in ms, above 0. @default 10_000 */
  readonly timeout?: number;
  /** Sends the requests. @default `clientOptions.fetch`, else the global fetch */
  readonly fetch?: typeof globalThis.fetch;
  /** Whether the results change the state of the keys; with `false` they are only returned. @default true */
  readonly apply?: boolean;
}

/** What a check has found out about one key, without the key itself. Safe to log and to serialise. */
export interface KeyCheck extends KeyRef {
  /** The masked key, as in `status()`. */
  readonly masked: string;
  /** The state of the key after the checks, for calls without an `operation`. */
  readonly state: KeyState;
  /** `working`: the provider accepts the key. `refused`: it does not, see `verdict`. `inconclusive`: see `reason`. */
  readonly outcome: ProbeResult['outcome'];
  /** What is wrong with a refused key. */
  readonly verdict?: KeyVerdict['kind'];
  /**
   * The code of the provider or the adapter for the outcome, for example `invalid_api_key`; absent for a key that simply works.
   * Of core: `no_probe`, `probe_failed`, `timeout`, `network`, and `http_<status>`.
   */
  readonly reason?: string;
  /** How long the check of this key took, in ms. */
  readonly latencyMs: number;
  /** The rate limits that the response stated. */
  readonly rateLimits?: readonly RateLimit[];
}

interface CheckSettings extends Pick<CheckKeysOptions, 'keys' | 'signal'> {
  readonly timeout: number;
  readonly fetch: typeof globalThis.fetch;
  readonly apply: boolean;
  readonly by: ActorOptions;
}

const optionNames = new Set(['keys', 'signal', 'timeout', 'fetch', 'apply', 'actor']);
// A connection for each of a thousand keys would exceed the usual limit of open files.
const mostAtOnce = 50;

function checkOptions(options: CheckKeysOptions, clientOptions: object | undefined): CheckSettings {
  checkOptionNames('options', options, optionNames, '{ timeout: 5000 }');
  const { keys, signal, timeout = 10_000, apply = true } = options;
  const { fetch = readField(clientOptions, 'fetch') ?? globalThis.fetch } = options;
  if (keys !== undefined) checkList(keys);
  checkOption(
    signal === undefined || signal instanceof AbortSignal,
    'signal',
    signal,
    'an AbortSignal, such as controller.signal',
  );
  checkTimeout('timeout', timeout);
  checkOption(typeof fetch === 'function', 'fetch', fetch, 'a function');
  checkOption(typeof apply === 'boolean', 'apply', apply, 'true or false');
  return { ...options, timeout, apply, fetch: fetch as typeof globalThis.fetch, by: checkActor(options) };
}

/** Does not show the value, because it can be a key. */
function checkList(keys: unknown): void {
  if (Array.isArray(keys)) return;
  throw new InvalidOptionsError(
    `"keys" must be a list of keys, each in plain text or as { keyId }; it is ${shownKind(keys)}. Write [key], for example.`,
  );
}

interface Checked {
  readonly result: ProbeResult;
  readonly latencyMs: number;
}

/** Sends one probe for each key: up to 50 side by side, but one after the other for keys of one group, which share their limits. */
export async function checkKeys(pool: KeyPool, options: CheckKeysOptions = {}): Promise<readonly KeyCheck[]> {
  const settings = checkOptions(options, pool.clients.options);
  const checked = new Map<PooledKey, Checked>();
  const chosen = settings.keys && Array.from(settings.keys, (choice) => chosenKey(pool, choice, 'checkKeys'));
  const groups = Map.groupBy(new Set(chosen ?? pool.keys), (key) => key.group ?? key).values();
  const checkGroups = async () => {
    for (const keys of groups) for (const key of keys) checked.set(key, await checkKey(pool, key, settings));
  };
  await Promise.all(Array.from({ length: mostAtOnce }, checkGroups));
  // Only now, because the result of one key can change the state of others.
  return [...checked].map(([key, check]) => describeCheck(pool, key, check)).toSorted((a, b) => a.ordinal - b.ordinal);
}

async function checkKey(pool: KeyPool, key: PooledKey, settings: CheckSettings): Promise<Checked> {
  settings.signal?.throwIfAborted();
  const { revision } = pool.health;
  const { lastRequest } = pool.traffic;
  const startedAtMs = pool.runtime.steadyNow();
  const result = await probeInTime(pool, key, settings);
  const latencyMs = Math.round(pool.runtime.steadyNow() - startedAtMs);
  pool.events.emit('key.checked', checkedOf, pool, key, { result, latencyMs }, settings.by);
  if (settings.apply) applyResult(pool, key, result, { revision, ...lastRequest });
  return { result, latencyMs };
}

async function probeInTime(
  { adapter, runtime, clients }: KeyPool,
  key: PooledKey,
  { signal, timeout, fetch }: CheckSettings,
): Promise<ProbeResult> {
  const limit = startTimeout(runtime, timeout);
  const context: ProbeContext = {
    signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
    fetch,
    now: () => runtime.now(),
    ...(clients.options === undefined ? {} : { clientOptions: clients.options }),
  };
  try {
    return await abortable(adapter.probe(key.reveal(), context), context.signal);
  } catch {
    signal?.throwIfAborted();
    return { outcome: 'inconclusive', reason: 'timeout' };
  } finally {
    limit.cancel();
  }
}

/** Applies a result like that of an attempt, except that it counts nothing, and that a working key proves less. */
function applyResult(
  pool: KeyPool,
  key: PooledKey,
  result: ProbeResult,
  { revision, sequence }: { readonly revision: number; readonly sequence: number },
): void {
  const { operation, rateLimits = [] } = result;
  const evidence = { key, bucket: pool.adapter.bucketOf(operation), revision };
  key.group ??= (result.outcome === 'refused' ? result.verdict.group : undefined) ?? result.group;
  learnLimits(pool, key, rateLimits, { operation, sequence });
  if (result.outcome === 'refused') pool.health.strike(evidence, result.verdict);
  if (result.outcome !== 'working') return;
  key.streak = 0;
  pool.health.recordAccepted(evidence);
}

function checkedOf(
  { origin }: KeyPool,
  key: PooledKey,
  { result, latencyMs }: Checked,
  by: ActorOptions,
): KeyManagerEvents['key.checked'] {
  return { ...origin, key: key.ref, ...outcomeOf(result), latencyMs, ...by };
}

function outcomeOf(result: ProbeResult): Pick<KeyCheck, 'outcome' | 'verdict' | 'reason'> {
  const { outcome } = result;
  const verdict = outcome === 'refused' ? result.verdict : undefined;
  const reason = outcome === 'refused' ? result.verdict.reason : result.reason;
  return {
    outcome,
    ...(verdict === undefined ? {} : { verdict: verdict.kind }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function describeCheck({ clock }: KeyPool, key: PooledKey, { result, latencyMs }: Checked): KeyCheck {
  const { rateLimits = [] } = result;
  return {
    ...key.ref,
    masked: key.masked,
    state: key.state(unspecifiedBucket, clock.now()),
    ...outcomeOf(result),
    latencyMs,
    ...(rateLimits.length === 0 ? {} : { rateLimits }),
  };
}
