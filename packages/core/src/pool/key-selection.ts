import type { Draw } from '../limits/draw.ts';
import type { PoolLimits } from '../limits/pool-limits.ts';
import type { PoolTraffic } from '../limits/pool-traffic.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';
import { StrategyChoice } from './strategy-choice.ts';
import { KeyRanks, preferredRank, suspectRank, type Rank } from './key-ranks.ts';
import { demoted, good, KeyStandings } from './key-standings.ts';
import { PreferredKey } from './preferred-key.ts';
import { Rendezvous } from './rendezvous.ts';
import { checkStrategy, type KeyStrategy } from './key-strategy.ts';

/** A call that takes no more than any other, in no bucket. */
const anyCall: Draw = { bucket: '', requests: 1, tokens: 0, units: 0 };
/** How long searches pass over a full key. Then its room is counted again, because the counts can be corrected. */
const fullForMs = 1000;

type Used = ReadonlySet<PooledKey> | undefined;

/** Picks the keys of one pool: the best ones first, and among them by a strategy. @throws InvalidOptionsError for an unknown strategy. */
export class KeySelection {
  readonly preferred: PreferredKey;
  readonly #clock: SharedClock;
  readonly #limits: PoolLimits;
  readonly #choice: StrategyChoice;
  readonly #standings: KeyStandings;
  readonly #ranks: KeyRanks;
  #ring: KeyRing;
  /** Created on demand: most pools have no sessions. */
  #rendezvous: Rendezvous | undefined;

  constructor(strategy: KeyStrategy, ring: KeyRing, traffic: PoolTraffic, limits: PoolLimits, clock: SharedClock) {
    checkStrategy(strategy);
    this.#clock = clock;
    this.#limits = limits;
    this.preferred = new PreferredKey(clock);
    this.#choice = new StrategyChoice(strategy, limits);
    this.#standings = new KeyStandings(ring, clock, (key, isGood) => this.#choice.admit(key, isGood));
    this.#ranks = new KeyRanks(traffic, limits, this.#standings, this.preferred);
    this.#ring = ring;
    this.replace(ring);
  }

  /** Replaces the keys of the pool. */
  replace(ring: KeyRing): void {
    this.#ring = ring;
    this.#rendezvous = undefined;
    this.preferred.replace(ring);
    this.#choice.replace(ring);
    this.#standings.replace(ring);
  }

  /** Updates one key after a change of its health. */
  onHealth(key: PooledKey): void {
    this.#standings.refresh(key);
  }

  /** Updates all keys, because the clock has changed. */
  refresh(): void {
    this.#standings.refreshAll();
  }

  /** The next key for a call that has given up the `used` ones; `undefined` if none can be used. Changes nothing. */
  select(draw: Draw, used?: Used): PooledKey | undefined {
    const { only } = draw;
    if (only) return used?.has(only) || !this.isUsable(only, draw) ? undefined : only;
    this.#standings.refreshIfDue();
    const isComplete = !this.#standings.hasFull;
    const found = this.#search(draw, used);
    if (found || isComplete) return found;
    // Less can be counted of a full key than before.
    this.#standings.forgetFull();
    return this.#search(draw, used);
  }

  /** The keys that can be used now, with their ranks, in the order in which calls take them, each without those before it. */
  order(draw: Draw): readonly { readonly key: PooledKey; readonly rank: Rank }[] {
    this.#standings.refreshIfDue();
    const now = this.#clock.now();
    const byRank = new Map<Rank, PooledKey[]>();
    for (const key of this.#ring.keys) {
      const rank = this.#ranks.of(key, draw, now);
      if (rank === undefined) continue;
      const alike = byRank.get(rank);
      if (alike) alike.push(key);
      else byRank.set(rank, [key]);
    }
    const ranks = [...byRank].toSorted(([a], [b]) => a - b);
    return ranks.flatMap(([rank, keys]) => this.#choice.order(keys, draw, now).map((key) => ({ key, rank })));
  }

  /** Whether a call may use the key now, even if other keys are better. */
  isUsable(key: PooledKey, draw: Draw): boolean {
    if (!this.#ring.has(key) || (draw.only && key !== draw.only)) return false;
    const isFree = key.isClear(draw.bucket) && !this.#limits.isActive;
    return isFree || this.#ranks.of(key, draw, this.#clock.now()) !== undefined;
  }

  /** Whether other keys come first for a retry. */
  isSecondChoice(key: PooledKey, draw: Draw): boolean {
    return this.#ranks.isSecondChoice(key, draw, this.#clock.now());
  }

  /** Notes that a call has taken the key: a turn, unless the strategy had no say. */
  onSelected(key: PooledKey, { only, session }: Draw): void {
    if (only === undefined && session === undefined && key !== this.preferred.key) this.#choice.onSelected(key);
  }

  /** Updates the load of a key, because an attempt on it has started or ended. */
  onUsage(key: PooledKey): void {
    if (this.#ring.has(key)) this.#choice.onUsage(key);
  }

  #comesFirst(preferred: PooledKey, draw: Draw): boolean {
    return this.#ranks.of(preferred, draw, this.#clock.now()) === preferredRank;
  }

  /** The key that comes first if it has room; `undefined` if that takes a look at all keys. */
  #firstChoice(draw: Draw): PooledKey | undefined {
    if (draw.session !== undefined) return this.#keyOf(draw.session, this.#ring.keys);
    const { start } = this.#choice;
    if (start === undefined) return this.#choice.leastUsed;
    return start === 0 ? this.#standings.first : (this.#ring.keys[start] ?? this.#ring.keys[0]);
  }

  /** Chooses one of the best keys. */
  #choose(best: readonly PooledKey[], draw: Draw, now: number): PooledKey | undefined {
    return draw.session === undefined ? this.#choice.choose(best, draw, now) : this.#keyOf(draw.session, best);
  }

  #keyOf(session: number, keys: readonly PooledKey[]): PooledKey | undefined {
    return (this.#rendezvous ??= new Rendezvous(this.#ring)).choose(keys, session);
  }

  #search(draw: Draw, used: Used): PooledKey | undefined {
    const preferred = this.preferred.key;
    if (preferred && !used?.has(preferred) && this.#comesFirst(preferred, draw)) return preferred;
    const choice = used ? undefined : this.#firstChoice(draw);
    // In most calls nothing is held against the first choice, and the clock is not read.
    if (this.#ranks.areAlike && choice?.isClear(draw.bucket) && choice.weight > 0) return choice;
    const now = this.#clock.now();
    const rank = choice && this.#ranks.of(choice, draw, now);
    if (rank === 0) return choice;
    if (choice && rank === undefined) this.#passOverIfFull(choice, now);
    const start = draw.session === undefined ? this.#choice.start : undefined;
    if (start !== undefined) return this.#firstBest(draw, used, start, now);
    return this.#choose(this.#ranks.best(this.#ring.keys, draw, used, now), draw, now);
  }

  /** The first of the best keys, searched from `start` to the end of the list and then from its beginning. */
  #firstBest(draw: Draw, used: Used, start: number, now: number): PooledKey | undefined {
    let best: PooledKey | undefined;
    let bestRank = Infinity;
    for (const standing of [good, demoted]) {
      if (bestRank < suspectRank) break;
      let index = this.#standings.next(standing, start, start);
      for (; index >= 0; index = this.#standings.next(standing, index + 1, start)) {
        const key = this.#ring.keys[index];
        const rank = !key || used?.has(key) ? undefined : this.#ranks.of(key, draw, now);
        if (rank === 0) return key;
        if (key && rank === undefined) this.#passOverIfFull(key, now);
        const isEarlier =
          rank === bestRank &&
          best !== undefined &&
          key !== undefined &&
          this.#turnsTo(key, start) < this.#turnsTo(best, start);
        if (rank !== undefined && (rank < bestRank || isEarlier)) [best, bestRank] = [key, rank];
        // The remaining keys are no better.
        if ((standing === demoted && rank === suspectRank) || index + 1 === start) break;
      }
    }
    return best;
  }

  /** Makes the next searches pass over a key that has no room for any call, so that they do not visit thousands of full keys. */
  #passOverIfFull(key: PooledKey, now: number): void {
    const isFull = this.#limits.isActive && this.#limits.roomInMs(key, anyCall, now) > fullForMs;
    if (isFull) this.#standings.markFull(key, now + fullForMs);
  }

  /** The number of places from `start` around the list to a key. */
  #turnsTo({ index }: PooledKey, start: number): number {
    return index < start ? index + this.#ring.keys.length : index;
  }
}
