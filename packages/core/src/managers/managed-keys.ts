import { abortable, longestTimerMs } from '../base/abortable.ts';
import { shown } from '../base/check-arguments.ts';
import { checkOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import type { KeyRef } from '../events/key-ref.ts';
import type { ApiKeyInput } from '../pool/check-api-keys.ts';
import { refsOf, type NewKeyList } from '../pool/key-list.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import type { KeyRefresh } from '../sources/key-refresh.ts';
import { OperatedKeys } from './operated-keys.ts';

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

const [emptyNames, placeNames] = [new Set(['allowEmpty']), new Set(['at'])];
const [overlapNames, signalNames] = [new Set(['overlapMs']), new Set(['signal'])];

/** The keys of a manager, whose list can change. */
export class ManagedKeys extends OperatedKeys {
  readonly #pool: KeyPool;
  /** Id of a replaced key that still serves → ends its timer. */
  readonly #overlaps = new Map<string, () => void>();
  readonly #refresh: KeyRefresh | undefined;

  constructor(pool: KeyPool, refresh: KeyRefresh | undefined) {
    super(pool);
    this.#pool = pool;
    this.#refresh = refresh;
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
