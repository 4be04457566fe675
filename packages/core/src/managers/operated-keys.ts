import { findAttempt } from '../base/attempt.ts';
import { checkTimeout } from '../base/check-option.ts';
import { checkOptionNames } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { unspecifiedBucket } from '../provider/guarded-adapter.ts';
import type { KeyFailure } from '../provider/key-failed-error.ts';
import { checkActor, type ActorOptions } from './actor.ts';
import { chosenKey, findKey, type KeyChoice } from './chosen-key.ts';

/** The reasons that `markKeyFailed` accepts. */
export type MarkReason = KeyFailure;

const markedForMs = 60_000;
const markReasons: readonly MarkReason[] = ['transient', 'rate-limited', 'quota-exhausted', 'invalid-key'];
const [actorNames, preferNames] = [new Set(['actor']), new Set(['forMs', 'actor'])];

/** What an application asks and says about the keys of a manager. */
export class OperatedKeys {
  readonly #pool: KeyPool;

  constructor(pool: KeyPool) {
    this.#pool = pool;
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
   * @throws InvalidOptionsError for a key that is not in the list, or an invalid option.
   * @example
   * manager.reset(undefined, { actor: 'ana' }); // every key
   */
  reset(key?: KeyChoice, options: ActorOptions = {}): void {
    const by = actorOf(options);
    const keys = key === undefined ? this.#pool.keys : [chosenKey(this.#pool, key, 'reset')];
    if (key === undefined) this.#endPreference(by);
    this.#pool.reset(keys, { action: 'reset', ...by });
  }

  /**
   * Disables a key until `enable()` or `reset()`. Running attempts continue.
   *
   * @throws InvalidOptionsError for a key that is not in the list, or an invalid option.
   * @example
   * manager.on('key.limited', ({ key }) => manager.disable(key, { actor: 'budget guard' }));
   */
  disable(key: KeyChoice, options: ActorOptions = {}): void {
    const by = actorOf(options);
    this.#pool.health.disable(chosenKey(this.#pool, key, 'disable'), by);
  }

  /**
   * Makes a disabled or cooling key available again. The same as `reset(key)`.
   *
   * @throws InvalidOptionsError for a key that is not in the list, or an invalid option.
   * @example
   * for (const key of manager.status().keys) if (key.reason === 'operator') manager.enable(key, { actor: 'ana' });
   */
  enable(key: KeyChoice, options: ActorOptions = {}): void {
    const by = actorOf(options);
    this.#pool.reset([chosenKey(this.#pool, key, 'enable')], { action: 'enable', ...by });
  }

  /**
   * Puts a key before all others, with any strategy, while it is healthy and has room. Pinned calls and sessions (`affinity`) keep their
   * keys. Local to this process.
   *
   * Lasts for `forMs` ms, above 0, up to 2 147 483 647 (24 days); without it until another `prefer()`, `endPreference()` or `reset()`.
   * Ends when the key is removed.
   *
   * @throws InvalidOptionsError for a key that is not in the list, or an invalid option.
   * @example
   * manager.prefer(paidKey, { forMs: 3_600_000 });
   */
  prefer(key: KeyChoice, options: ActorOptions & { readonly forMs?: number } = {}): void {
    checkOptionNames('options', options, preferNames, '{ forMs: 3_600_000 }');
    const { forMs } = options;
    checkTimeout('forMs', forMs);
    const by = checkActor(options);
    const { selection, events, origin, runtime } = this.#pool;
    const preferred = chosenKey(this.#pool, key, 'prefer');
    selection.preferred.set(preferred, forMs);
    const end = forMs === undefined ? {} : { untilMs: runtime.now() + forMs };
    events.emit('key.preferred', () => ({ ...origin, key: preferred.ref, ...end, ...by }));
  }

  /**
   * Ends what `prefer()` has begun. Does nothing if no key is preferred.
   *
   * @throws InvalidOptionsError for an invalid option.
   * @example
   * manager.endPreference({ actor: 'ana' });
   */
  endPreference(options: ActorOptions = {}): void {
    this.#endPreference(actorOf(options));
  }

  #endPreference(by: ActorOptions): void {
    const { selection, events, origin } = this.#pool;
    const { key } = selection.preferred;
    selection.preferred.end();
    if (key) events.emit('key.preference-ended', () => ({ ...origin, key: key.ref, ...by }));
  }

  #keyInUse(): string | undefined {
    const { provider, pool } = this.#pool.origin;
    const attempt = findAttempt(provider, pool);
    const key = attempt && this.#pool.list.findKnown(attempt.apiKey);
    const state = key?.state(unspecifiedBucket, this.#pool.clock.now());
    // A key that is out already is not marked again, so that a loop of markKeyFailed() ends.
    return !key || state === 'cooling' || state === 'disabled' ? this.getCurrentKey() : key.reveal();
  }
}

/** @throws InvalidOptionsError unless the options are an actor alone, or empty. */
function actorOf(options: ActorOptions): ActorOptions {
  checkOptionNames('options', options, actorNames, "{ actor: 'ana' }");
  return checkActor(options);
}
