import { InvalidOptionsError } from '../base/errors.ts';
import type { KeyRef } from '../base/key-ref.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import type { KeyUsage } from '../state/usage-counts.ts';
import { LeastUsedTree, loadOf } from './least-used-tree.ts';

/** A key as a strategy function sees it. */
export interface KeyCandidate extends KeyRef {
  readonly group: string | undefined;
  readonly usage: Readonly<KeyUsage>;
}

/**
 * Which of the equally healthy keys comes next: the first of the list, each in turn, the one with the fewest running
 * (then started) attempts, or what a function picks. Healthy keys always come before suspect ones. A function is asked for
 * looks ahead, too, so it must depend on nothing but what it is given.
 */
export type KeyStrategy =
  | 'in-order'
  | 'round-robin'
  | 'least-used'
  | ((candidates: readonly KeyCandidate[]) => KeyCandidate | undefined);

type Rank = 0 | 1 | 2 | undefined;

function rank(key: PooledKey, bucket: string, now: number): Rank {
  switch (key.state(bucket, now)) {
    case 'healthy':
      return 0;
    case 'suspect':
      return 1;
    case 'recovering':
      return key.isProbed(bucket, now) ? 2 : 0;
    default:
      return undefined;
  }
}

/** As {@link rank}, without regard to buckets and to who is trying a recovering key. */
function ownRank({ health }: PooledKey, now: number): Rank {
  const state = health.state(now);
  if (state === 'cooling' || state === 'disabled') return undefined;
  return state === 'suspect' ? 1 : 0;
}

/** Whether a call may use the key now, as its first choice or as its last resort. */
export function isUsable(key: PooledKey, bucket: string, now: number): boolean {
  return rank(key, bucket, now) !== undefined;
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
  #ring: KeyRing;
  #tree: LeastUsedTree | undefined;
  /** By index in the list, whatever the bucket: {@link ownRank}, 2 for a key that is out. So no list of thousands is walked. */
  #ranks: Uint8Array;
  /** When one of the keys changes by itself, in ms since the epoch. */
  #changesAtMs = Infinity;
  /** The first index of a healthy key; the length of the list when none is. */
  #head = 0;
  #nextIndex = 0;

  constructor(strategy: KeyStrategy, ring: KeyRing, clock: SharedClock) {
    if (typeof strategy !== 'function' && !['in-order', 'round-robin', 'least-used'].includes(strategy)) {
      throw new InvalidOptionsError(
        `"strategy" must be 'in-order', 'round-robin', 'least-used' or a function; it is ${JSON.stringify(strategy)}.`,
      );
    }
    this.#strategy = strategy;
    this.#clock = clock;
    this.#ring = ring;
    this.#ranks = new Uint8Array();
    this.replace(ring);
  }

  /** From now on the keys of the pool are these. */
  replace(ring: KeyRing): void {
    this.#ring = ring;
    this.#ranks = new Uint8Array(ring.keys.length);
    if (this.#strategy === 'least-used') this.#tree = new LeastUsedTree(ring);
    this.#lookAtAll(this.#clock.now());
  }

  /** A key's health has changed. */
  onHealth(key: PooledKey): void {
    this.#look(key, this.#clock.now());
  }

  /** Clocks or many keys have changed. */
  refresh(): void {
    this.#lookAtAll(this.#clock.now());
  }

  /** The next key for a call that has given up the `used` ones; `undefined` when none can be used. Takes nothing. */
  select(bucket: string, used?: Used): PooledKey | undefined {
    // Most calls find nothing that speaks against the strategy's first choice, and need no clock for that.
    if (!used?.size && this.#changesAtMs === Infinity) {
      const key = this.#firstChoice();
      if (key?.isClear(bucket)) return key;
    }
    const now = this.#lookIfDue();
    if (this.#strategy === 'in-order') return this.#firstBest(bucket, used, 0, now);
    if (this.#strategy === 'round-robin') return this.#firstBest(bucket, used, this.#nextIndex, now);
    const first = this.#tree?.best;
    if (first && !used?.has(first) && rank(first, bucket, now) === 0) return first;
    const best = this.#best(bucket, used, now);
    return this.#strategy === 'least-used' ? leastUsed(best) : chosenBy(this.#strategy, best);
  }

  onSelected(key: PooledKey): void {
    this.#nextIndex = key.index + 1;
  }

  /** An attempt on this key has begun or ended. */
  onUsage(key: PooledKey): void {
    this.#tree?.touch(key);
  }

  #firstChoice(): PooledKey | undefined {
    if (this.#strategy === 'in-order') return this.#ring.keys[this.#head];
    if (this.#strategy === 'round-robin') return this.#ring.keys[this.#nextIndex] ?? this.#ring.keys[0];
    return this.#tree?.best;
  }

  /** Looks at all keys when one of them has changed by itself; gives back the time, in ms since the epoch. */
  #lookIfDue(): number {
    const now = this.#clock.now();
    if (now >= this.#changesAtMs) this.#lookAtAll(now);
    return now;
  }

  #lookAtAll(now: number): void {
    this.#changesAtMs = Infinity;
    for (const key of this.#ring.keys) this.#look(key, now);
    this.#head = this.#firstHealthy(0);
  }

  #look(key: PooledKey, now: number): void {
    const rankNow = ownRank(key, now);
    const { index } = key;
    this.#ranks[index] = rankNow ?? 2;
    if (index < this.#head && rankNow === 0) this.#head = index;
    if (index === this.#head && rankNow !== 0) this.#head = this.#firstHealthy(index);
    this.#tree?.admit(key, rankNow === 0);
    this.#changesAtMs = Math.min(this.#changesAtMs, key.health.changesAtMs(now));
  }

  #firstHealthy(from: number): number {
    const index = this.#ranks.indexOf(0, from);
    return index < 0 ? this.#ranks.length : index;
  }

  /** The first of the best keys, looked for from a index in the list and around. */
  #firstBest(bucket: string, used: Used, start: number, now: number): PooledKey | undefined {
    let best: PooledKey | undefined;
    let bestRank = Infinity;
    let bestTurn = Infinity;
    for (const own of [0, 1] as const) {
      for (let index = this.#next(own, start, start); index >= 0; index = this.#next(own, index + 1, start)) {
        const key = this.#ring.keys[index];
        const at = !key || used?.has(key) ? undefined : rank(key, bucket, now);
        if (at === 0) return key;
        const turn = (index - start + this.#ring.keys.length) % this.#ring.keys.length;
        const isBetter = at !== undefined && (at < bestRank || (at === bestRank && turn < bestTurn));
        if (isBetter) [best, bestRank, bestTurn] = [key, at, turn];
        // All that follow have the same rank at best.
        if (at === own || index + 1 === start) break;
      }
    }
    return best;
  }

  /** The next index from this one on, and around to where the search has started, of a key with this own rank; else -1. */
  #next(own: 0 | 1, index: number, start: number): number {
    const next = this.#ranks.indexOf(own, index);
    if (index < start) return next < start ? next : -1;
    if (next >= 0 || start === 0) return next;
    const around = this.#ranks.indexOf(own);
    return around < start ? around : -1;
  }

  #best(bucket: string, used: Used, now: number): PooledKey[] {
    const byRank: [PooledKey[], PooledKey[], PooledKey[]] = [[], [], []];
    for (const key of this.#ring.keys) {
      const at = used?.has(key) ? undefined : rank(key, bucket, now);
      if (at !== undefined) byRank[at].push(key);
    }
    return byRank.find((equals) => equals.length > 0) ?? [];
  }
}
