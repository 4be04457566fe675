import { fullFor } from '../limits/learned-limit.ts';
import type { Draw } from '../limits/draw.ts';
import type { PoolLimits } from '../limits/pool-limits.ts';
import type { PoolTraffic } from '../limits/pool-traffic.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { PreferredKey } from './preferred-key.ts';

/**
 * How good a choice a key is; lower is better. -1: preferred by an operator. 0: has room. Up to 1: may be full, or is untested and busy.
 * From 2 to below 3: full by a limit that headers state, that was learned or that the provider documents. 3: suspect. 4: recovering, and
 * another call probes it. 5: standby.
 */
export type Rank = number;
export const preferredRank = -1;
const fullRank = 2;
export const suspectRank = 3;
const probedRank = 4;
const standbyRank = 5;
const coldRank = 0.7;

/** Why a key that can be used is at its place in the order. */
export type UsableReason = 'preferred' | 'ready' | 'busy' | 'may-be-full' | 'full' | 'suspect' | 'probed' | 'standby';

/** What a rank means. */
export function reasonOf(rank: Rank): UsableReason {
  if (rank >= standbyRank) return 'standby';
  if (rank >= probedRank) return 'probed';
  if (rank >= suspectRank) return 'suspect';
  if (rank >= fullRank) return 'full';
  if (rank === coldRank) return 'busy';
  if (rank > 0) return 'may-be-full';
  return rank === 0 ? 'ready' : 'preferred';
}

/** Says how good a choice each key is now. */
export class KeyRanks {
  readonly #traffic: PoolTraffic;
  readonly #limits: PoolLimits;
  readonly #standings: { readonly hasTroubled: boolean };
  readonly #preferred: PreferredKey;

  constructor(
    traffic: PoolTraffic,
    limits: PoolLimits,
    standings: { readonly hasTroubled: boolean },
    preferred: PreferredKey,
  ) {
    this.#traffic = traffic;
    this.#limits = limits;
    this.#standings = standings;
    this.#preferred = preferred;
  }

  /** Whether a key of which nothing is known has the best rank, so that no clock needs to be read. */
  get areAlike(): boolean {
    return !this.#standings.hasTroubled && !this.#traffic.ranksKeys && !this.#limits.areKnown;
  }

  /** The rank of a key; `undefined` if it cannot be used. */
  of(key: PooledKey, draw: Draw, now: number): Rank | undefined {
    if (this.#limits.isActive && this.#limits.roomInMs(key, draw, now) > 0) return undefined;
    const byHealth = this.#byHealth(key, draw, now);
    if (byHealth === undefined) return undefined;
    const isGood = byHealth < fullRank;
    const hasSession = draw.session !== undefined;
    if (isGood && !hasSession && key === this.#preferred.key) return preferredRank;
    // A session does not move because its key may be full, or is busy.
    const rank = isGood && hasSession ? 0 : byHealth;
    return key.weight === 0 ? standbyRank + rank : rank;
  }

  /** The keys with the best rank, without the `used` ones. */
  best(keys: readonly PooledKey[], draw: Draw, used: ReadonlySet<PooledKey> | undefined, now: number): PooledKey[] {
    const ranks = keys.map((key) => (used?.has(key) ? undefined : this.of(key, draw, now)));
    const best = Math.min(...ranks.filter((rank) => rank !== undefined));
    return keys.filter((_, index) => ranks[index] === best);
  }

  /**
   * Whether other keys come first for a retry: something speaks against the key, or it has no room by a limit that headers state or the
   * provider documents. A learned limit is a guess, and moves no retry.
   */
  isSecondChoice(key: PooledKey, draw: Draw, now: number): boolean {
    const isFull = () =>
      this.#traffic.headers.roomInMs(key, draw.bucket, now) > 0 || this.#limits.documentedRoomInMs(key, draw, now) > 0;
    return !key.isClear(draw.bucket) || isFull();
  }

  #byHealth(key: PooledKey, draw: Draw, now: number): Rank | undefined {
    const { bucket } = draw;
    switch (key.state(bucket, now)) {
      case 'healthy': {
        const documented = fullFor(this.#limits.documentedRoomInMs(key, draw, now));
        const fullness = Math.max(this.#traffic.fullness(key, bucket, now), documented);
        // While a key is unhealthy, all its calls fall over to the next one, which may be down too. This spreads them.
        const isCold = this.#standings.hasTroubled && key.index > 0 && this.#traffic.isCold(key, now);
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
}
