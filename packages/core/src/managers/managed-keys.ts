import { abortable, longestTimerMs } from '../base/abortable.ts';
import { findAttempt } from '../base/attempt.ts';
import { shown } from '../base/check-arguments.ts';
import { checkTimeout } from '../base/check-option.ts';
import { checkOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import type { KeyRef } from '../events/key-ref.ts';
import type { ApiKeyInput } from '../pool/check-api-keys.ts';
import { refsOf, type NewKeyList } from '../pool/key-list.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
import type { KeyFailure } from '../provider/key-failed-error.ts';
import type { KeyRefresh } from '../sources/key-refresh.ts';
import type { PooledKey } from '../state/pooled-key.ts';

/** The reasons that `markKeyFailed` accepts. */
export type MarkReason = KeyFailure;

/** What a change of the list has done. Contains no key. */
export interface KeyChanges {
  readonly added: readonly KeyRef[];
  readonly removed: readonly KeyRef[];
  readonly kept: readonly KeyRef[];
  /** The number of entries that had no effect: empty ones, repeated ones, and keys to remove that are not in the list. */
  readonly ignored: number;
  /** Rises by 1 with each change of the list. Of concurrent changes the last one wins. */
  readonly revision: number;
}

const markedForMs = 60_000;
const markReasons: readonly MarkReason[] = ['transient', 'rate-limited', 'quota-exhausted', 'invalid-key'];
const [emptyNames, placeNames] = [new Set(['allowEmpty']), new Set(['at'])];
const preferNames = new Set(['forMs']);
const [overlapNames, signalNames] = [new Set(['overlapMs']), new Set(['signal'])];

/** The keys of a manager: which there are, and what an application says about them. */
export class ManagedKeys {
  readonly #pool: KeyPool;
  /** Id of a replaced key that still serves → ends its timer. */
  readonly #overlaps = new Map<string, () => void>();
  readonly #refresh: KeyRefresh | undefined;

  constructor(pool: KeyPool, refresh: KeyRefresh | undefined) {
    this.#pool = pool;
    this.#refresh = refresh;
  }

  /** Returns the key that the next call uses first, in plain text; `undefined` if no key is available. */
  getCurrentKey(): string | undefined {
    return this.#pool.select()?.reveal();
  }

  /** The index of the current key in the list, from 0; -1 if no key is available. */
  get currentKeyIndex(): number {
    return this.#pool.select()?.index ?? -1;
  }

  /** Returns all keys in the order of the list, in plain text. Never log them; log `status()` instead. */
  getAllKeys(): string[] {
    return this.#pool.keys.map((key) => key.reveal());
  }

  /** Returns the keys that are suspect, cooling or disabled now, in plain text. */
  getFailedKeys(): string[] {
    const now = this.#pool.clock.now();
    return this.#pool.keys
      .filter((key) => key.unavailableReason(unspecifiedBucket, now) !== '')
      .map((key) => key.reveal());
  }

  /**
   * Marks a key as failed, as a failed call does; by default the key of the running attempt, else the current one. An attempt
   * that throws after it has marked its own key goes on with the next key, without a pause.
   * Returns whether another key is available.
   *
   * - `rate-limited` (default): the key cools down for 60 s.
   * - `quota-exhausted`: the key cools down for 1 h.
   * - `invalid-key`: the key is disabled until `enable()` or `reset()`, or until it is tried again (see `recheckInvalid`).
   * - `transient`: calls prefer other keys for 30 s.
   *
   * @throws InvalidOptionsError for a key that is not, and was not, in the list, or an unknown reason.
   * @example
   * const hasAnotherKey = manager.markKeyFailed(manager.getCurrentKey(), 'quota-exhausted');
   */
  markKeyFailed(key: string | undefined = this.#keyInUse(), reason: MarkReason = 'rate-limited'): boolean {
    if (!markReasons.includes(reason)) {
      throw new InvalidOptionsError(`The reason of markKeyFailed() must be one of ${markReasons.join(', ')}.`);
    }
    if (key === undefined) return false;
    const marked = this.#pool.list.findKnown(key) ?? findKey(this.#pool, key, 'markKeyFailed');
    const wait = reason === 'rate-limited' ? { retryAfterMs: markedForMs } : {};
    this.#pool.health.mark(marked, { kind: reason, reason: 'marked', ...wait });
    const next = this.#pool.select();
    return next !== undefined && next !== marked;
  }

  /**
   * Clears all failures of a key, or of every key. Usage counts stay. Without a key it also ends a preference.
   *
   * @throws InvalidOptionsError for a key that is not in the list.
   */
  reset(key?: string): void {
    if (key === undefined) this.endPreference();
    this.#pool.reset(key === undefined ? this.#pool.keys : [findKey(this.#pool, key, 'reset')]);
  }

  /**
   * Disables a key until `enable()` or `reset()`. Running attempts continue.
   *
   * @throws InvalidOptionsError for a key that is not in the list.
   */
  disable(key: string): void {
    this.#pool.health.disable(findKey(this.#pool, key, 'disable'));
  }

  /**
   * Makes a disabled or cooling key available again. The same as `reset(key)`.
   *
   * @throws InvalidOptionsError for a key that is not in the list.
   */
  enable(key: string): void {
    this.#pool.reset([findKey(this.#pool, key, 'enable')]);
  }

  /**
   * Puts a key before all others, with any strategy, while it is healthy and has room. Pinned calls and sessions (`affinity`) keep their
   * keys. Local to this process.
   *
   * Lasts for `forMs` ms, above 0, up to 2 147 483 647 (24 days); without it until another `prefer()`, `endPreference()` or `reset()`.
   * Ends when the key is removed.
   *
   * @throws InvalidOptionsError for a key that is not in the list, or an invalid time.
   * @example
   * manager.prefer(paidKey, { forMs: 3_600_000 });
   */
  prefer(key: string, options: { readonly forMs?: number } = {}): void {
    checkOptionNames('options', options, preferNames, '{ forMs: 3_600_000 }');
    const { forMs } = options;
    checkTimeout('forMs', forMs);
    const { selection, events, origin, runtime } = this.#pool;
    const preferred = findKey(this.#pool, key, 'prefer');
    selection.preferred.set(preferred, forMs);
    const end = forMs === undefined ? {} : { untilMs: runtime.now() + forMs };
    events.emit('key.preferred', () => ({ ...origin, key: preferred.ref, ...end }));
  }

  /** Ends what `prefer()` has begun. Does nothing if no key is preferred. */
  endPreference(): void {
    this.#pool.selection.preferred.end();
  }

  #keyInUse(): string | undefined {
    const { provider, pool } = this.#pool.origin;
    const attempt = findAttempt(provider, pool);
    const key = attempt && this.#pool.list.findKnown(attempt.apiKey);
    const state = key?.state(unspecifiedBucket, this.#pool.clock.now());
    // A key that is out already is not marked again, so that a loop of markKeyFailed() ends.
    return !key || state === 'cooling' || state === 'disabled' ? this.getCurrentKey() : key.reveal();
  }

  /**
   * Replaces the list of keys while the service runs. Running calls continue; no call starts an attempt with a removed key.
   *
   * A key that stays keeps its health, usage, limits and client, wherever it stands in the new list. A new key in the `slot` of a
   * removed one inherits what belongs to the account. Everything is checked before anything changes.
   *
   * @throws NoApiKeysError for an empty list, unless `allowEmpty` is set; InvalidOptionsError for an invalid key.
   * @example
   * manager.setKeys([{ key: await readSecret('openai'), label: 'main' }]);
   */
  setKeys(keys: readonly ApiKeyInput[], options: { readonly allowEmpty?: boolean } = {}): KeyChanges {
    checkOptionNames('options', options, emptyNames, '{ allowEmpty: true }');
    const list = this.#pool.list.set(keys, options.allowEmpty);
    this.endOverlaps();
    return this.#take(list);
  }

  /**
   * Adds keys to the list, at its end by default. A key that is in the list already keeps its place.
   *
   * @throws InvalidOptionsError for an invalid key.
   * @example
   * manager.addKeys(['sk-backup'], { at: 'start' });
   */
  addKeys(keys: readonly ApiKeyInput[], options: { readonly at?: 'start' | 'end' } = {}): KeyChanges {
    checkOptionNames('options', options, placeNames, "{ at: 'start' }");
    const { at = 'end' } = options;
    if (at !== 'start' && at !== 'end') {
      throw new InvalidOptionsError(`"at" must be 'start' or 'end'; it is ${shown(at)}.`);
    }
    return this.#take(this.#pool.list.add(keys, at));
  }

  /**
   * Removes keys from the list, each given in plain text or by its `keyId`. Their running attempts end and are counted.
   *
   * @throws NoApiKeysError when no key would be left, unless `allowEmpty` is set.
   * @example
   * manager.on('key.disabled', ({ key }) => manager.removeKeys([key.keyId]));
   */
  removeKeys(keysOrIds: readonly string[], options: { readonly allowEmpty?: boolean } = {}): KeyChanges {
    checkOptionNames('options', options, emptyNames, '{ allowEmpty: true }');
    return this.#take(this.#pool.list.remove(keysOrIds, options.allowEmpty));
  }

  /**
   * Puts a new key in the place of another one, which is given in plain text or by its `keyId`. The new key inherits what belongs
   * to the account, and the label and group if it has none of its own.
   *
   * With `overlapMs` both keys serve for that time in ms, the new one first.
   *
   * @throws InvalidOptionsError for a key that is not in the list, or an invalid new key.
   * @example
   * manager.replaceKey(oldKey, newKey, { overlapMs: 60_000 });
   */
  replaceKey(old: string, next: ApiKeyInput, options: { readonly overlapMs?: number } = {}): KeyChanges {
    checkOptionNames('options', options, overlapNames, '{ overlapMs: 60_000 }');
    const { overlapMs = 0 } = options;
    if (!(overlapMs >= 0 && overlapMs <= longestTimerMs)) {
      throw new InvalidOptionsError(`"overlapMs" must be from 0 to ${longestTimerMs} ms; it is ${shown(overlapMs)}.`);
    }
    const from = this.#pool.list.find(old);
    const changes = this.#take(this.#pool.list.replace(old, next, overlapMs > 0));
    const to = this.#pool.find((typeof next === 'string' ? next : next.key).trim());
    if (to) this.#endOverlap(to.ref.keyId);
    if (overlapMs > 0 && from && from !== to) this.#removeLater(from.ref, overlapMs);
    return changes;
  }

  /**
   * Asks the key source now, or joins a load that runs. Resolves when the answer is taken over.
   *
   * @throws ApiKeyFallbackError (`KEY_SOURCE_FAILED`) when the load fails: the last good keys serve on. InvalidOptionsError for a
   * manager without a source; the signal's reason after an abort.
   * @example
   * process.on('SIGHUP', () => void manager.refreshKeys().catch(console.error));
   */
  async refreshKeys(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    checkOptionNames('options', options, signalNames, '{ signal }');
    if (!this.#refresh) {
      throw new InvalidOptionsError(
        'refreshKeys() needs a key source. Write new OpenAIKeyManager(source), or call setKeys().',
      );
    }
    options.signal?.throwIfAborted();
    await abortable(this.#refresh.refresh(), options.signal);
  }

  /** Ends the overlaps of replaced keys, which stay in the list. */
  protected endOverlaps(): void {
    for (const end of this.#overlaps.values()) end();
    this.#overlaps.clear();
  }

  #endOverlap(keyId: string): void {
    this.#overlaps.get(keyId)?.();
    this.#overlaps.delete(keyId);
  }

  #removeLater({ keyId }: KeyRef, ms: number): void {
    this.#endOverlap(keyId);
    const remove = () => {
      // The last key stays.
      if (this.#pool.list.find(keyId) && this.#pool.keys.length > 1) this.#take(this.#pool.list.remove([keyId]));
    };
    this.#overlaps.set(keyId, this.#pool.runtime.timer(ms, remove, true));
  }

  #take(list: NewKeyList): KeyChanges {
    for (const { ref } of list.removed) this.#endOverlap(ref.keyId);
    this.#pool.replace(list, 'list');
    return { ...refsOf(list), ignored: list.ignored, revision: list.revision };
  }
}

/** @throws InvalidOptionsError for a key that is not in the list; `method` says who asked. */
export function findKey(pool: KeyPool, secret: string, method: string): PooledKey {
  const key = pool.find(secret);
  if (key) return key;
  throw new InvalidOptionsError(`${method}() expects a key of "${pool.provider}"; the given key is not in its list.`);
}
