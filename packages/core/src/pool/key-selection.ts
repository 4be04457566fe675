import { shown } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import type { KeyRef } from '../events/key-ref.ts';
import type { KeyState } from '../state/health-view.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import type { KeyUsage } from '../state/usage-counts.ts';
import { LeastUsedTree, loadOf } from './least-used-tree.ts';
import { WeightedTurns } from './weighted-turns.ts';
import type { Draw } from '../limits/limit-options.ts';
import { fullFor } from '../limits/learned-limit.ts';
import type { PoolLimits } from '../limits/pool-limits.ts';
import type { PoolTraffic } from '../limits/pool-traffic.ts';

/** A key as a strategy function receives it. */
export interface KeyCandidate extends KeyRef {
  /** The project or organisation of the key; `undefined` if it is not known. */
  readonly group: string | undefined;
  /** Usage of the key by this process since it started. */
  readonly usage: Readonly<KeyUsage>;
}

/**
 * Which of the best keys comes next. Healthy keys always come before suspect ones.
 *
 * - `in-order`: the first key of the list.
 * - `round-robin`: each key in turn.
 * - `weighted`: each key in turn, as often as its `weight` says.
 * - `least-used`: the key with the fewest running attempts; of several, the one with the fewest started attempts.
 * - A function: the candidate that it returns, or the first one for `undefined`. It can be called more than once for one attempt, so
 *   its result must depend only on its argument.
 *
 * @example
 * const strategy: KeyStrategy = (candidates) => candidates.find(({ label }) => label.startsWith('PAID'));
 */
export type KeyStrategy =
  | 'in-order'
  | 'round-robin'
  | 'weighted'
  | 'least-used'
  | ((candidates: readonly KeyCandidate[]) => KeyCandidate | undefined);

/**
 * How good a choice a key is; lower is better. 0: has room. Up to 1: may be full, or is untested and busy. From 2 to below 3: full
 * by a limit that headers state, that was learned or that the provider documents. 3: suspect. 4: recovering, and another call probes it. 5: standby.
 */
type Rank = number;
const suspectRank = 3;
const probedRank = 4;
const standbyRank = 5;
const coldRank = 0.7;

// The standing of a key in all buckets: it can be the best choice, a suspect one, or none.
const preferred = 0;
const demoted = 1;
const out = 2;

function standingOf(state: KeyState, weight: number): number {
  if (state === 'cooling' || state === 'disabled') return out;
  return state === 'suspect' || weight === 0 ? demoted : preferred;
}

function leastUsed(keys: readonly PooledKey[]): PooledKey | undefined {
  return keys.reduce(
    (least: PooledKey | undefined, key) => (!least || loadOf(key) < loadOf(least) ? key : least),
    undefined,
  );
}

function chosenBy(strategy: Exclude<KeyStrategy, string>, keys: readonly PooledKey[]): PooledKey | undefined {
  const candidates = keys.map(({ ref, group, usage }) => ({ ...ref, group, usage }));
  const chosen = strategy(candidates)?.keyId;
  return keys.find(({ ref }) => ref.keyId === chosen) ?? keys[0];
}

type Used = ReadonlySet<PooledKey> | undefined;

/** Picks the keys of one pool by a strategy. @throws InvalidOptionsError for an unknown strategy. */
export class KeySelection {
  readonly #strategy: KeyStrategy;
  readonly #clock: SharedClock;
  readonly #traffic: PoolTraffic;
  readonly #limits: PoolLimits;
  #ring: KeyRing;
  #tree: LeastUsedTree | undefined;
  readonly #weights = new WeightedTurns();
  /** The standing of each key by its index, so that a selection does not visit thousands of keys. */
  #standing: Uint8Array = new Uint8Array();
  /** The keys that are not healthy. */
  readonly #troubled = new Set<PooledKey>();
  /** When the state of a key changes next without an event, in ms since the epoch. */
  #changesAtMs = Infinity;
  /** The same for cooldowns that end at a date of the wall clock, which can be set past that date. */
  #changesAtDateMs = Infinity;
  /** The index of the first preferred key; the length of the list if there is none. */
  #head = 0;
  #nextIndex = 0;

  constructor(strategy: KeyStrategy, ring: KeyRing, traffic: PoolTraffic, limits: PoolLimits, clock: SharedClock) {
    if (typeof strategy !== 'function' && !['in-order', 'round-robin', 'weighted', 'least-used'].includes(strategy)) {
      throw new InvalidOptionsError(
        `"strategy" must be 'in-order', 'round-robin', 'weighted', 'least-used' or a function; it is ${shown(strategy)}.`,
      );
    }
    this.#strategy = strategy;
    this.#clock = clock;
    this.#traffic = traffic;
    this.#limits = limits;
    this.#ring = ring;
    this.replace(ring);
  }

  /** Replaces the keys of the pool. */
  replace(ring: KeyRing): void {
    this.#ring = ring;
    this.#standing = new Uint8Array(ring.keys.length);
    this.#troubled.clear();
    if (this.#strategy === 'least-used') this.#tree = new LeastUsedTree(ring);
    this.#refreshAll(this.#clock.now());
  }

  /** Updates one key after a change of its health. */
  onHealth(key: PooledKey): void {
    this.#refresh(key, this.#clock.now());
  }

  /** Updates all keys, because the clock has changed. */
  refresh(): void {
    this.#refreshAll(this.#clock.now());
  }

  /** The next key for a call that has given up the `used` ones; `undefined` if none can be used. Changes nothing. */
  select(draw: Draw, used?: Used): PooledKey | undefined {
    const { only } = draw;
    if (only) return used?.has(only) || !this.isUsable(only, draw) ? undefined : only;
    if (this.#changesAtMs !== Infinity) this.#refreshIfDue();
    const choice = used ? undefined : this.#firstChoice();
    // In most calls nothing is held against the first choice, and the clock is not read.
    const areKeysRanked = this.#traffic.ranksKeys || this.#limits.ranksKeys || this.#limits.isActive;
    const isFree = this.#troubled.size === 0 && !areKeysRanked;
    if (isFree && choice?.isClear(draw.bucket) && choice.weight > 0) return choice;
    const now = this.#clock.now();
    if (choice && this.#rank(choice, draw, now) === 0) return choice;
    if (this.#strategy === 'in-order') return this.#firstBest(draw, used, 0, now);
    if (this.#strategy === 'round-robin') return this.#firstBest(draw, used, this.#nextIndex, now);
    const best = this.#best(draw, used, now);
    if (this.#strategy === 'least-used') return leastUsed(best);
    return this.#strategy === 'weighted' ? this.#weights.choose(best) : chosenBy(this.#strategy, best);
  }

  /** Whether a call may use the key now, even if other keys are preferred. */
  isUsable(key: PooledKey, draw: Draw): boolean {
    if (!this.#ring.has(key) || (draw.only && key !== draw.only)) return false;
    const isFree = key.isClear(draw.bucket) && !this.#limits.isActive;
    return isFree || this.#rank(key, draw, this.#clock.now()) !== undefined;
  }

  onSelected(key: PooledKey): void {
    this.#nextIndex = key.index + 1;
    if (this.#strategy === 'weighted') this.#weights.onSelected(key);
  }

  /** Updates the load of a key, because an attempt on it has started or ended. */
  onUsage(key: PooledKey): void {
    if (this.#ring.has(key)) this.#tree?.touch(key);
  }

  #firstChoice(): PooledKey | undefined {
    if (this.#strategy === 'in-order') return this.#ring.keys[this.#head];
    if (this.#strategy === 'round-robin') return this.#ring.keys[this.#nextIndex] ?? this.#ring.keys[0];
    return this.#tree?.best;
  }

  #refreshIfDue(): void {
    const now = this.#clock.now();
    const isDue = now >= this.#changesAtMs || now >= this.#clock.fromDate(this.#changesAtDateMs);
    if (isDue) this.#refreshAll(now);
  }

  #refreshAll(now: number): void {
    this.#changesAtMs = this.#changesAtDateMs = Infinity;
    for (const key of this.#ring.keys) this.#refresh(key, now);
    this.#head = this.#firstHealthy(0);
  }

  #refresh(key: PooledKey, now: number): void {
    // The attempts of a key that has left the list still end.
    if (!this.#ring.has(key)) return;
    const { index, health } = key;
    const state = health.state(now);
    const standing = standingOf(state, key.weight);
    this.#standing[index] = standing;
    if (index < this.#head && standing === preferred) this.#head = index;
    if (index === this.#head && standing !== preferred) this.#head = this.#firstHealthy(index);
    if (state === 'healthy') this.#troubled.delete(key);
    else this.#troubled.add(key);
    this.#tree?.admit(key, standing === preferred);
    this.#changesAtMs = Math.min(this.#changesAtMs, health.changesAtMs(now));
    const dateMs = health.endsAtDateMs;
    if (this.#clock.fromDate(dateMs) > now) this.#changesAtDateMs = Math.min(this.#changesAtDateMs, dateMs);
  }

  #firstHealthy(from: number): number {
    const index = this.#standing.indexOf(preferred, from);
    return index < 0 ? this.#standing.length : index;
  }

  /** How good a choice a key is; `undefined` if it cannot be used. */
  #rank(key: PooledKey, draw: Draw, now: number): Rank | undefined {
    if (this.#limits.isActive && this.#limits.roomInMs(key, draw, now) > 0) return undefined;
    const rank = this.#rankByHealth(key, draw, now);
    return key.weight === 0 && rank !== undefined ? standbyRank + rank : rank;
  }

  #rankByHealth(key: PooledKey, draw: Draw, now: number): Rank | undefined {
    const { bucket } = draw;
    switch (key.state(bucket, now)) {
      case 'healthy': {
        const documented = fullFor(this.#limits.documentedRoomInMs(key, draw, now));
        const fullness = Math.max(this.#traffic.fullness(key, bucket, now), documented);
        // While a key is unhealthy, all its calls fall over to the next one, which may be down too. This spreads them.
        const isCold = this.#troubled.size > 0 && key.index > 0 && this.#traffic.isCold(key, now);
        return isCold ? Math.max(fullness, coldRank) : fullness;
      }
      case 'recovering':
        return key.isProbed(bucket, now) ? probedRank : 0;
      case 'suspect':
        return suspectRank;
      default:
        return undefined;
    }
  }

  /** The first of the best keys, searched from `start` to the end of the list and then from its beginning. */
  #firstBest(draw: Draw, used: Used, start: number, now: number): PooledKey | undefined {
    let best: PooledKey | undefined;
    let bestRank = Infinity;
    for (const standing of [preferred, demoted]) {
      if (bestRank <= suspectRank) break;
      for (let index = this.#next(standing, start, start); index >= 0; index = this.#next(standing, index + 1, start)) {
        const key = this.#ring.keys[index];
        const rank = !key || used?.has(key) ? undefined : this.#rank(key, draw, now);
        if (rank === 0) return key;
        if (rank !== undefined && rank < bestRank) [best, bestRank] = [key, rank];
        // The remaining keys are no better.
        if ((standing === demoted && rank === suspectRank) || index + 1 === start) break;
      }
    }
    return best;
  }

  /** The index of the next key with this standing, from `index` around the list to `start`; -1 if there is none. */
  #next(standing: number, index: number, start: number): number {
    const next = this.#standing.indexOf(standing, index);
    if (index < start) return next < start ? next : -1;
    if (next >= 0 || start === 0) return next;
    const around = this.#standing.indexOf(standing);
    return around < start ? around : -1;
  }

  #best(draw: Draw, used: Used, now: number): PooledKey[] {
    const ranks = this.#ring.keys.map((key) => (used?.has(key) ? undefined : this.#rank(key, draw, now)));
    const best = Math.min(...ranks.filter((rank) => rank !== undefined));
    return this.#ring.keys.filter((_, index) => ranks[index] === best);
  }
}
