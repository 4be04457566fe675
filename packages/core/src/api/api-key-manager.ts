import type { Attempt } from '../base/attempt.ts';
import { InvalidOptionsError, NoApiKeysError } from '../base/errors.ts';
import type { VerdictKind } from '../base/verdict.ts';
import { CallPlan } from '../call/call-plan.ts';
import {
  checkFallbackOptions,
  type FallbackOptions,
  type FallbackSettings,
  type Inject,
} from '../call/retry-options.ts';
import { runCall } from '../call/run-call.ts';
import type { KeyManagerEventName, KeyManagerListener } from '../events/events.ts';
import type { ApiKeyInput } from '../pool/check-api-keys.ts';
import { KeyPool, type KeyManagerOptions } from '../pool/key-pool.ts';
import { attachPool } from '../pool/pool-of.ts';
import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
import type { ProviderAdapter } from '../provider/provider-adapter.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { describeKey, type KeyManagerStatus } from './key-status.ts';
import type { Provided } from './provided.ts';

/** The verdicts that `markKeyFailed` can put on a key. */
export type MarkReason = Exclude<VerdictKind, 'caller-error'>;

const markReasons: readonly MarkReason[] = ['transient', 'rate-limited', 'quota-exhausted', 'invalid-key'];

/**
 * One provider's keys: which one is active, which have failed, and calls that fall over from one to the next.
 *
 * Keys are given as a list in order of preference. The constructor throws `NoApiKeysError` for an empty list and
 * `InvalidOptionsError` for a key that cannot be sent; a repeated key is dropped with a warning.
 */
export class ApiKeyManager<Client = unknown> {
  readonly provider: string;
  readonly #pool: KeyPool<Client>;

  constructor(adapter: ProviderAdapter<Client>, keys: readonly ApiKeyInput[], options: KeyManagerOptions = {}) {
    this.#pool = new KeyPool(adapter, keys, options);
    attachPool(this, this.#pool);
    this.provider = adapter.name;
  }

  /** The key that the next call takes first; `undefined` when none can be used now. */
  getCurrentKey(): string | undefined {
    return this.#pool.select()?.reveal();
  }

  /** The place of the current key in the list, from 0; -1 when no key can be used now. */
  get currentKeyIndex(): number {
    return this.#pool.select()?.index ?? -1;
  }

  /**
   * The client bound to a key (the current one by default), made at first use.
   *
   * @throws InvalidOptionsError for a key of somebody else, or when the adapter makes no clients; NoApiKeysError when no
   * key can be used now.
   */
  async getClient(key: string | undefined = this.getCurrentKey()): Promise<Client> {
    if (key === undefined) throw new NoApiKeysError(`No key of "${this.provider}" can be used now.`);
    return this.#pool.clients.get(this.#find(key, 'getClient'));
  }

  /** All keys in the order of the list, as they are sent: never log them. */
  getAllKeys(): string[] {
    return this.#pool.keys.map((key) => key.reveal());
  }

  /** The keys that are suspect, cooling or disabled now. */
  getFailedKeys(): string[] {
    const now = this.#pool.clock.now();
    return this.#pool.keys
      .filter((key) => key.unavailableReason(unspecifiedBucket, now) !== '')
      .map((key) => key.reveal());
  }

  /**
   * Takes a key out (the current one by default) as a failed call would, and says whether another key can be used.
   *
   * `rate-limited` cools it for 60 s, doubling each time in a row; `quota-exhausted` for 1 h; `invalid-key` disables it
   * until `reset()`; `transient` only prefers the other keys for 30 s.
   *
   * @throws InvalidOptionsError for a key of somebody else or an unknown reason.
   */
  markKeyFailed(key: string | undefined = this.getCurrentKey(), reason: MarkReason = 'rate-limited'): boolean {
    if (!markReasons.includes(reason)) {
      throw new InvalidOptionsError(`The reason of markKeyFailed must be one of ${markReasons.join(', ')}.`);
    }
    if (key === undefined) return false;
    const marked = this.#find(key, 'markKeyFailed');
    this.#pool.health.mark(marked, { kind: reason, reason: 'marked' });
    const next = this.#pool.select();
    return next !== undefined && next !== marked;
  }

  /** Forgets all failures of a key, or of every key. */
  reset(key?: string): void {
    const keys = key === undefined ? this.#pool.keys : [this.#find(key, 'reset')];
    for (const pooled of keys) this.#pool.health.reset(pooled);
  }

  /** Takes a key out until `enable()` or `reset()`. */
  disable(key: string): void {
    this.#pool.health.disable(this.#find(key, 'disable'));
  }

  /** Puts a disabled or cooling key back. */
  enable(key: string): void {
    this.#pool.health.reset(this.#find(key, 'enable'));
  }

  /** Calls `fn` with a key or, with `inject: 'client'`, its client; retries and falls over as the decorator does. */
  retryWithFallback<T>(
    fn: (client: Client, attempt: Attempt) => T | PromiseLike<T>,
    options: FallbackOptions & { readonly inject: 'client' },
  ): Promise<T>;
  retryWithFallback<T>(
    fn: (apiKey: string & Provided<never>, attempt: Attempt) => T | PromiseLike<T>,
    options?: FallbackOptions & { readonly inject?: 'key' },
  ): Promise<T>;
  async retryWithFallback<T>(
    fn: (injected: never, attempt: Attempt) => T | PromiseLike<T>,
    options: FallbackOptions & { readonly inject?: Inject } = {},
  ): Promise<T> {
    const settings = checkFallbackOptions(options);
    checkFunction(fn, settings);
    return runCall(new CallPlan(this.#pool, settings), ({ injected, view }) => fn(injected as never, view));
  }

  /**
   * The state and usage of every key at this moment, without any key.
   *
   * What other processes have used is as old as the last exchange with the store. Asking brings the next one forward, to
   * within a second.
   */
  status(): KeyManagerStatus {
    this.#pool.refreshUsage();
    const keys = this.#pool.keys.map((key) => describeKey(key, this.#pool));
    const { adapter, store } = this.#pool;
    return { provider: this.provider, displayName: adapter.displayName, keys, ...(store ? { store } : {}) };
  }

  /** Calls the listener at each such event; gives back the function that stops it. */
  on<Name extends KeyManagerEventName>(name: Name, listener: KeyManagerListener<Name>): () => void {
    return this.#pool.events.on(name, listener);
  }

  /**
   * Resolves when what the store knows of the keys is known here, or when the store is away; never rejects.
   *
   * No call waits for it. Await it where even the first call is to spare the keys that are cooling.
   */
  async ready(): Promise<void> {
    await this.#pool.ready();
  }

  /**
   * Tells the store what it does not have yet, then drops listeners and clients; running calls go on.
   *
   * A store that was passed to the manager stays open: others may use it.
   */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  #find(secret: string, method: string): PooledKey {
    const key = this.#pool.find(secret);
    if (key) return key;
    throw new InvalidOptionsError(`${method}() was given a key that is not one of "${this.provider}".`);
  }
}

function checkFunction(fn: unknown, { idleTimeout }: FallbackSettings): void {
  if (typeof fn !== 'function') throw new InvalidOptionsError('There is no function to call with a key.');
  const kind = (fn as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  if (kind === 'GeneratorFunction' || kind === 'AsyncGeneratorFunction') {
    throw new InvalidOptionsError('A generator function falls over with wrapWithFallback(fn, options) only.');
  }
  if (idleTimeout !== undefined) throw new InvalidOptionsError('"idleTimeout" works for generator methods only.');
}
