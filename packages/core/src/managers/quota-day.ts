import type { KeyPool } from '../pool/key-pool.ts';
import { meaningOf, type LimitName } from '../provider/key-limits.ts';

/** What all keys together may use of one limit in a day. */
export interface DayBudget {
  /** The name of the limit in the options, for example `requestsPerDay`. */
  readonly limit: LimitName;
  /** What all processes have used of it today. */
  readonly used: number;
  /** The sum of the limits. A limit that the keys of a group share counts once. */
  readonly max: number;
  /** The number of keys that have this limit. The others are not in the sums. */
  readonly keys: number;
}

/** The day by which the provider counts. */
export interface QuotaDay {
  /** The date in the time zone, for example `2026-11-30`. */
  readonly date: string;
  /** The time zone of the adapter, for example `America/Los_Angeles`; `UTC` if it names none. */
  readonly timeZone: string;
  /** When the next day begins there, in ms since the epoch. */
  readonly endsAtMs: number;
  /**
   * For each limit of a day that is configured or that the provider documents for whole keys, how much of it is left. As of the moment
   * when it is first read.
   */
  readonly budget: readonly DayBudget[];
}

interface Share {
  readonly limit: number;
  readonly used: number;
}

/** What the keys have of one limit. */
interface Shares {
  keys: number;
  /** Of keys on their own. */
  readonly own: Share[];
  /** Group → what its keys share, and what they have besides on their own: `Infinity` if one of them has no such limit. */
  readonly byGroup: Map<string, { readonly shared: Share; ownLimit: number }>;
}

const { freeze } = Object;

/** The day that counts now for a pool. */
export function quotaDayOf(pool: KeyPool): QuotaDay {
  const { usage, adapter, limits, runtime } = pool;
  let budget: readonly DayBudget[] | undefined;
  return freeze({
    date: usage.day,
    timeZone: adapter.definition.timeZone ?? 'UTC',
    endsAtMs: Math.round(runtime.now() + limits.toMidnightMs()),
    // Not computed before it is read, because it looks at all keys.
    get budget() {
      return (budget ??= budgetOf(pool));
    },
  });
}

function budgetOf({ keys, limits }: KeyPool): readonly DayBudget[] {
  if (!limits.areKnown) return [];
  const byName = new Map<LimitName, Shares>();
  for (const key of keys) {
    const ofDay = limits
      .uses(key)
      .filter(({ name, bucket }) => bucket === undefined && meaningOf[name]?.span === 'day');
    for (const name of new Set(ofDay.map((use) => use.name))) {
      const shares = byName.get(name) ?? { keys: 0, own: [], byGroup: new Map() };
      byName.set(name, shares);
      add(
        shares,
        ofDay.filter((use) => use.name === name),
      );
    }
  }
  return freeze([...byName].map(([limit, shares]) => freeze({ limit, ...sumOf(shares), keys: shares.keys })));
}

/** Adds the limits of one name that a key has: of its own, and of its group. */
function add(shares: Shares, uses: readonly (Share & { readonly group?: string })[]): void {
  shares.keys++;
  const own = uses.find(({ group }) => group === undefined);
  const [shared] = uses.filter(({ group }) => group !== undefined).toSorted((a, b) => a.limit - b.limit);
  if (shared?.group === undefined) {
    if (own) shares.own.push(own);
    return;
  }
  const ofGroup = shares.byGroup.get(shared.group) ?? { shared, ownLimit: 0 };
  ofGroup.ownLimit += own?.limit ?? Infinity;
  shares.byGroup.set(shared.group, ofGroup);
}

function sumOf({ own, byGroup }: Shares): { readonly used: number; readonly max: number } {
  const ofGroups = [...byGroup.values()].map(({ shared, ownLimit }) => ({
    used: shared.used,
    limit: Math.min(shared.limit, ownLimit),
  }));
  const all = [...own, ...ofGroups];
  const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
  return { used: sum(all.map(({ used }) => used)), max: sum(all.map(({ limit }) => limit)) };
}
