import type { Attempt } from '../base/attempt.ts';
import { shown } from '../base/check-arguments.ts';
import { InvalidOptionsError, NoApiKeysError } from '../base/errors.ts';
import { readField } from '../base/read-field.ts';
import type { Provided } from '../base/provider-name.ts';
import { classifyingResults } from '../call/call-hooks.ts';
import { CallPlan } from '../call/call-plan.ts';
import { checkFallbackOptions, checkFunction, type FallbackSettings } from '../call/fallback-settings.ts';
import type { FallbackOptions, Inject } from '../call/retry-options.ts';
import { hasResolvers, resolvedFor } from '../call/resolvers.ts';
import { runCall } from '../call/run-call.ts';
import type { RunningAttempt } from '../call/running-attempt.ts';
import { checkTracer, type CallTracer } from '../events/call-tracer.ts';
import type { AnyListener, KeyManagerEventName, KeyManagerListener } from '../events/events.ts';
import type { ApiKeyInput } from '../pool/check-api-keys.ts';
import { checkRefreshOptions, type KeyManagerOptions } from '../pool/key-manager-options.ts';
import { KeyPool } from '../pool/key-pool.ts';
import { attachPool } from '../pool/pool-of.ts';
import { defineAdapter } from '../provider/define-adapter.ts';
import type { ProviderAdapter } from '../provider/provider-adapter.ts';
import { KeyRefresh } from '../sources/key-refresh.ts';
import { checkKeySource, isKeySource, type KeySourceInput } from '../sources/key-source.ts';
import type { KeyStateStore } from '../stores/key-state-store.ts';
import { checkKeys, type CheckKeysOptions, type KeyCheck } from './check-keys.ts';
import { findKey } from './chosen-key.ts';
import { explainDetached, withoutObject } from './explain-detached.ts';
import type { KeyManagerStatus } from './key-status.ts';
import { fallbackOf } from './fallback-pool.ts';
import { ManagedKeys } from './managed-keys.ts';
import { StatusReader } from './status-reader.ts';

const defaultSettings = checkFallbackOptions({});

/**
 * Manages the keys of one provider: tracks their health, selects the next one, and runs calls that fall over.
 *
 * Pass the keys in order of preference. A repeated key is dropped with a warning.
 *
 * @throws NoApiKeysError for an empty list.
 * @throws InvalidOptionsError for an invalid adapter or option, or a key that contains white space or control characters.
 * @example
 * const manager = new ApiKeyManager(acmeAdapter, loadApiKeys('ACME_API_KEY'), { strategy: 'round-robin' });
 * registry.register(manager);
 * const answer = await manager.retryWithFallback((apiKey) => ask('hello', apiKey), { maxRetries: 2 });
 */
export class ApiKeyManager<Client = unknown> extends ManagedKeys {
  /** The name of the adapter, under which the registry knows this manager. */
  readonly provider: string;
  /** The name of its pool; `default` unless the options name one. */
  readonly pool: string;
  readonly #pool: KeyPool<Client>;
  readonly #status: StatusReader;
  /** Removes the listeners of `on()`. */
  readonly #stops = new Set<() => void>();

  constructor(
    adapter: ProviderAdapter<Client>,
    keys: readonly ApiKeyInput[] | KeySourceInput,
    options: KeyManagerOptions = {},
  ) {
    const hasSource = isKeySource(keys);
    const source = hasSource ? checkKeySource(keys) : undefined;
    const pool = new KeyPool(defineAdapter(adapter), hasSource ? [] : keys, options, hasSource);
    const refresh = source && new KeyRefresh(pool, source, checkRefreshOptions(options.refresh ?? {}));
    pool.source = refresh;
    try {
      pool.fallback = fallbackOf(pool, options.fallbackTo);
    } catch (error) {
      void pool.close();
      throw error;
    }
    super(pool, refresh);
    this.#pool = pool;
    this.#status = new StatusReader(pool);
    attachPool(this, pool);
    this.provider = adapter.name;
    this.pool = pool.origin.pool;
  }

  /** The store through which its keys are shared, also that of API_KEY_STATE_DIR; `undefined` without one. */
  get store(): KeyStateStore | undefined {
    return this.#pool.shared.store;
  }

  /**
   * Returns the client bound to a key, by default the current one. Creates it at first use.
   *
   * @throws InvalidOptionsError for a key that is not in the list, or an adapter without `createClient`.
   * @throws NoApiKeysError if no key is available.
   * @example
   * const client = await OpenAIKeyManager.fromEnv().getClient();
   */
  async getClient(key?: string): Promise<Client> {
    await this.#pool.source?.ready();
    const secret = key ?? this.getCurrentKey();
    if (secret === undefined) throw new NoApiKeysError(`No key of "${this.provider}" is available now.`);
    return this.#pool.clients.get(findKey(this.#pool, secret, 'getClient'));
  }

  /**
   * Calls `fn` with the active key, or its client with `inject: 'client'`. Retries and falls over like the decorator.
   *
   * @throws AllKeysFailedError if no key is left; DeadlineExceededError after the `deadline`; InvalidOptionsError for an
   * invalid option. Rethrows a caller error unchanged.
   * @example
   * const text = await manager.retryWithFallback(async (apiKey, { signal }) => {
   *   const response = await fetch(url, { headers: { authorization: `Bearer ${apiKey}` }, signal });
   *   if (!response.ok) throw Object.assign(new Error(response.statusText), { status: response.status });
   *   return response.text();
   * });
   */
  retryWithFallback<T>(
    fn: (client: Client, attempt: Attempt) => T | PromiseLike<T>,
    options: FallbackOptions & { readonly inject: 'client' },
  ): Promise<T>;
  retryWithFallback<T>(
    fn: (apiKey: string & Provided<never>, attempt: Attempt) => T | PromiseLike<T>,
    options?: FallbackOptions & { readonly inject?: 'key' },
  ): Promise<T>;
  retryWithFallback<T>(
    fn: (injected: never, attempt: Attempt) => T | PromiseLike<T>,
    options?: FallbackOptions & { readonly inject?: Inject },
  ): Promise<T> {
    try {
      const settings = options === undefined ? defaultSettings : this.#check(options);
      checkFunction(fn, settings);
      const invoke = ({ injected, view }: RunningAttempt) => fn(injected as never, view);
      return runCall(new CallPlan(this.#pool, settings), settings.classifyResult ? classifyingResults(invoke) : invoke);
    } catch (error) {
      const isDetached = (this as unknown) === undefined;
      return Promise.reject(isDetached ? withoutObject('manager', 'retryWithFallback', error) : (error as Error));
    }
  }

  /** @throws InvalidOptionsError for an invalid option, or one that would name another manager than this one. */
  #check(options: FallbackOptions): FallbackSettings {
    for (const name of ['provider', 'pool'] as const) {
      const given = readField(options, name);
      if (given === undefined || given === this[name]) continue;
      throw new InvalidOptionsError(
        `The manager is that of the ${name} ${shown(this[name])}, and a call of it cannot name another one. Write ` +
          'registry.get(provider, pool).retryWithFallback(…).',
      );
    }
    const settings = checkFallbackOptions(options);
    return hasResolvers(settings) ? { ...settings, ...resolvedFor(settings, undefined, []) } : settings;
  }

  /**
   * Returns a snapshot of the state and usage of every key, without the keys themselves. Safe to log and to serialise.
   *
   * `sharedUsage` is at most about 30 s old, the limits of keys that this process has not used for a minute 10 s, all other limits 1 s.
   * Calling `status()` fetches the usage of the other processes within a second.
   *
   * @example
   * console.table(manager.status().keys.map(({ label, state, reason }) => ({ label, state, reason })));
   */
  status(): KeyManagerStatus {
    return this.#status.read();
  }

  /**
   * Asks the provider whether each key works, or each of `keys`, with one cheap request per key (the adapter's `probe`). Returns the
   * results in the order of the list, without the keys themselves.
   *
   * The results change the state of the keys. A refused key is marked like after a failed call. A key that works recovers from
   * being invalid or suspect. A key that an operator has disabled is checked too, but stays disabled. The requests do not appear
   * in `usage`, but the provider counts them.
   *
   * @throws InvalidOptionsError for an invalid option, or a key of `keys` that is not in the list; the signal's reason after an abort.
   * Never for a key that fails.
   * @example
   * const checks = await manager.checkKeys({ timeout: 5000 });
   * console.table(checks.map(({ label, masked, outcome, reason, latencyMs }) => ({ label, masked, outcome, reason, latencyMs })));
   */
  async checkKeys(options?: CheckKeysOptions): Promise<readonly KeyCheck[]> {
    await this.#pool.source?.ready();
    return checkKeys(this.#pool, options);
  }

  /**
   * Calls the listener at each event of this name, or with `*` at each event. Returns a function that removes the listener.
   *
   * @throws InvalidOptionsError for an unknown event name, or a listener that is not a function.
   * @example
   * manager.on('key.disabled', ({ key, reason }) => console.warn(`Replace ${key.label}: ${reason}`));
   * manager.on('*', (name, event) => console.log(name, event));
   */
  on(name: '*', listener: AnyListener): () => void;
  // A listener with one parameter does not fit a union of pairs.
  on(name: '*', listener: (name: KeyManagerEventName) => unknown): () => void;
  on<Name extends KeyManagerEventName>(name: Name, listener: KeyManagerListener<Name>): () => void;
  on(name: KeyManagerEventName | '*', listener: AnyListener | KeyManagerListener<never>): () => void {
    const stop = this.#pool.events.on(name, listener);
    this.#stops.add(stop);
    return () => {
      this.#stops.delete(stop);
      stop();
    };
  }

  /**
   * Traces the calls that begin from now on. Returns the function that ends it. `registry.trace()` does so for all managers.
   *
   * @throws InvalidOptionsError for anything but a tracer.
   */
  trace(tracer: CallTracer): () => void {
    checkTracer('tracer', tracer);
    return this.#pool.tracers.add(tracer);
  }

  /**
   * Resolves when the state from the store is loaded, or the store is unavailable. Never rejects.
   *
   * Calls do not wait for the store. Await `ready()` before the first call if that call must avoid cooling keys.
   */
  async ready(): Promise<void> {
    await this.#pool.source?.ready().catch(() => {});
    await this.#pool.shared.ready();
  }

  /**
   * Sends the remaining changes to the store, then removes the listeners of `on()` and all clients. Running calls continue. While the store is
   * away, it keeps trying for 5 s if the store lacks something.
   *
   * A store that was passed to the manager stays open, because other managers can use it.
   *
   * @example
   * await using manager = OpenAIKeyManager.fromEnv(); // closes at the end of the block
   */
  async close(): Promise<void> {
    this.endOverlaps();
    await this.#pool.close();
    for (const stop of this.#stops) stop();
    this.#stops.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

explainDetached(ApiKeyManager.prototype, 'manager', 'retryWithFallback');
explainDetached(ManagedKeys.prototype, 'manager');
