import { InvalidOptionsError } from './errors.ts';
import type { KeyName, KeyUsage } from './key-name.ts';
import type { PooledKey } from './pooled-key.ts';

/** A key as a strategy function sees it. */
export interface KeyCandidate extends KeyName {
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

/** What a choice of keys depends on. */
export interface Choice {
  readonly keys: readonly PooledKey[];
  /** Keys that the call has given up. */
  readonly used: ReadonlySet<PooledKey> | undefined;
  readonly bucket: string;
  readonly now: number;
}

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

/** Whether a call may use the key now, as its first choice or as its last resort. */
export function isUsable(key: PooledKey, bucket: string, now: number): boolean {
  return rank(key, bucket, now) !== undefined;
}

/** The first of the best keys, looked for from a place in the list and around; a healthy one ends the search. */
function firstBest({ keys, used, bucket, now }: Choice, start: number): PooledKey | undefined {
  let best: PooledKey | undefined;
  let bestRank = Infinity;
  for (let step = 0; step < keys.length; step++) {
    const key = keys[(start + step) % keys.length];
    const at = !key || used?.has(key) ? undefined : rank(key, bucket, now);
    if (at === 0) return key;
    if (at !== undefined && at < bestRank) [best, bestRank] = [key, at];
  }
  return best;
}

function bestKeys({ keys, used, bucket, now }: Choice): PooledKey[] {
  const byRank: [PooledKey[], PooledKey[], PooledKey[]] = [[], [], []];
  for (const key of keys) {
    const at = used?.has(key) ? undefined : rank(key, bucket, now);
    if (at !== undefined) byRank[at].push(key);
  }
  return byRank.find((equals) => equals.length > 0) ?? [];
}

function isLessUsed({ usage: a }: PooledKey, { usage: b }: PooledKey): boolean {
  return a.inUse === b.inUse ? a.attempts < b.attempts : a.inUse < b.inUse;
}

function leastUsed(keys: readonly PooledKey[]): PooledKey | undefined {
  return keys.reduce(
    (least: PooledKey | undefined, key) => (!least || isLessUsed(key, least) ? key : least),
    undefined,
  );
}

function chosenBy(strategy: Exclude<KeyStrategy, string>, keys: readonly PooledKey[]): PooledKey | undefined {
  const candidates = keys.map(({ name, group, usage }) => ({ ...name, group, usage }));
  const chosen = strategy(candidates)?.keyId;
  return keys.find(({ name }) => name.keyId === chosen) ?? keys[0];
}

/** Picks the keys of one pool by a strategy. @throws InvalidOptionsError for an unknown strategy. */
export class KeySelection {
  readonly #strategy: KeyStrategy;
  #nextPosition = 1;

  constructor(strategy: KeyStrategy) {
    if (typeof strategy !== 'function' && !['in-order', 'round-robin', 'least-used'].includes(strategy)) {
      throw new InvalidOptionsError(
        `"strategy" must be 'in-order', 'round-robin', 'least-used' or a function; it is ${JSON.stringify(strategy)}.`,
      );
    }
    this.#strategy = strategy;
  }

  /** The next key for a call; `undefined` when none can be used. Shows it, takes nothing. */
  peek(choice: Choice): PooledKey | undefined {
    if (this.#strategy === 'in-order') return firstBest(choice, 0);
    if (this.#strategy === 'round-robin') return firstBest(choice, this.#nextPosition - 1);
    const best = bestKeys(choice);
    return this.#strategy === 'least-used' ? leastUsed(best) : chosenBy(this.#strategy, best);
  }

  take(choice: Choice): PooledKey | undefined {
    const key = this.peek(choice);
    if (key) this.#nextPosition = key.name.position + 1;
    return key;
  }
}
