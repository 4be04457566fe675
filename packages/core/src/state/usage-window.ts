import {
  difference,
  isTotal,
  noTotals,
  toCounts,
  toTotals,
  type HandedOver,
  type KeyUsage,
  type Totals,
  type UsageCounts,
  type WindowCounters,
} from './usage-counts.ts';

/** What is counted by window: a key, or a quota bucket of it. */
export interface Use {
  readonly ref: { readonly keyId: string };
  readonly usage: KeyUsage;
  /** The usage that the manager which replaced this one has taken over. */
  handedOver: HandedOver | undefined;
  /** The same for the keys of managers that have replaced one another. */
  history: object;
  /** Rises when other processes have used more of it. */
  statusRevision: number;
}

/** All uses of a pool. */
export interface Uses {
  readonly known: readonly Use[];
  findById(id: string): Use | undefined;
}

/** One window of usage: the counts of this process, what the store has of them, and the counts of the others. */
export class UsageWindow {
  readonly name: string;
  /** When the store may drop the window, in ms since the epoch. */
  expiresAtMs = 0;
  /** Whether the sums over all processes were read. */
  hasSums = false;
  readonly #uses: () => Uses;
  readonly #onOthers: ((use: Use, more: Totals) => void) | undefined;
  /** Usage of each used key when the window was opened; `undefined` while it is closed. */
  #usageAtOpening: Map<string, Totals> | undefined;
  /** The counts up to the last closing. */
  readonly #counted = new Map<string, Totals>();
  /** Key id → key, for those whose counts the store may lack. */
  readonly #unsent = new Map<string, Use>();
  /** Ids of keys whose counts were sent, but not acknowledged: the sums may contain them. */
  readonly #inDoubt = new Set<string>();
  /** The counts of this instance that the store has acknowledged. */
  readonly #stored = new Map<string, Totals>();
  /** The acknowledged counts of this process under earlier instance ids. */
  readonly #storedBefore = new Map<string, Totals>();
  /** The counts of the other processes, as of the last sums. */
  #others = new Map<string, Totals>();

  /** `onOthers` is called with what other processes have used since the last sums. */
  constructor(name: string, uses: () => Uses, onOthers?: (use: Use, more: Totals) => void) {
    this.name = name;
    this.#uses = uses;
    this.#onOthers = onOthers;
  }

  /** Starts counting the usage of the keys. */
  open(): void {
    const used = this.#uses().known.filter(({ usage }) => usage.attempts > 0);
    this.#usageAtOpening = new Map(used.map(({ ref, usage }) => [ref.keyId, toTotals(usage)]));
  }

  close(): void {
    for (const key of this.#uses().known) if (key.usage.attempts > 0) this.#counted.set(key.ref.keyId, this.#own(key));
    this.#usageAtOpening = undefined;
  }

  /**
   * Adds what another manager of this process has counted: `all` on the key, of which `own` in this window. With `isStored` the store
   * has these counts already, under the instance of that manager.
   */
  takeOver(key: Use, all: Totals, own: Totals, isStored: boolean): void {
    const { keyId } = key.ref;
    const add = (counts: Map<string, Totals>, more: Totals) =>
      counts.set(keyId, sum(counts.get(keyId) ?? noTotals, more));
    if (this.#usageAtOpening) add(this.#usageAtOpening, all);
    add(this.#counted, own);
    if (isStored) add(this.#storedBefore, own);
    else this.touch(key);
    // What the store has of it was counted as that of another process.
    const ofOthers = this.#others.get(keyId);
    if (isStored && ofOthers)
      this.#others.set(
        keyId,
        ofOthers.map((value, index) => Math.max(0, value - (own[index] ?? 0))),
      );
  }

  get hasUnsent(): boolean {
    return this.#unsent.size > 0;
  }

  /** Notes that this process has used the key. */
  touch(key: Use): void {
    this.#unsent.set(key.ref.keyId, key);
  }

  /** Totals that the store does not have yet, of this many keys at most. */
  due(most: number = Infinity): WindowCounters {
    const unsent = [...this.#unsent].slice(0, most);
    for (const [keyId] of unsent) this.#inDoubt.add(keyId);
    const totals = new Map(unsent.map(([keyId, key]) => [keyId, this.#ofInstance(key)]));
    return { window: this.name, expiresAtMs: this.expiresAtMs, totals };
  }

  /** Notes that the store has these totals and, if they were requested, the sums over all processes. */
  acknowledge(sent: WindowCounters['totals'], sums?: ReadonlyMap<string, Totals>): void {
    for (const [keyId, totals] of sent) {
      this.#inDoubt.delete(keyId);
      this.#stored.set(keyId, totals);
      const key = this.#unsent.get(keyId);
      if (key && isSame(this.#ofInstance(key), totals)) this.#unsent.delete(keyId);
    }
    if (sums) this.#noteOthers(sums);
  }

  /** Makes all totals due again, because the store has lost its data. */
  forgetStored(): void {
    this.#inDoubt.clear();
    this.#stored.clear();
    this.#storedBefore.clear();
    for (const key of this.#uses().known) if (!isSame(this.#own(key), noTotals)) this.touch(key);
  }

  /** Forgets the keys that are not known any more, except what the store lacks. */
  forgetUnknown(): void {
    const uses = this.#uses();
    const maps = [this.#usageAtOpening ?? new Map<string, Totals>(), this.#counted, this.#stored, this.#storedBefore];
    for (const map of maps) {
      for (const keyId of map.keys()) if (!uses.findById(keyId) && !this.#unsent.has(keyId)) map.delete(keyId);
    }
  }

  /** Counts from 0 for the store, under the id of a new instance. */
  startNewInstance(): void {
    for (const [keyId, totals] of this.#stored) {
      this.#storedBefore.set(keyId, sum(totals, this.#storedBefore.get(keyId) ?? noTotals));
    }
    this.#stored.clear();
  }

  /** Usage of a key by this process. */
  ofThis(key: Use): UsageCounts {
    return toCounts(this.#own(key));
  }

  /** One number of this process, by its place in the totals; `now` is what the usage says. Faster than `ofThis`. */
  ownNumber(keyId: string, now: number, index: number): number {
    const atOpening = this.#usageAtOpening?.get(keyId)?.[index] ?? 0;
    // Tokens that are corrected in a later window can bring it below 0.
    return Math.max(0, now - atOpening + (this.#counted.get(keyId)?.[index] ?? 0));
  }

  /** One number of the other processes, as of the last sums. */
  othersNumber(keyId: string, index: number): number {
    return this.#others.get(keyId)?.[index] ?? 0;
  }

  /** Usage of a key by all processes: of this one up to now, of the others as of the last sums. */
  ofAll(key: Use): UsageCounts {
    return toCounts(sum(this.#own(key), this.#others.get(key.ref.keyId) ?? noTotals));
  }

  /** Keeps the part of the sums that other processes have counted. The store can have many other keys of the provider. */
  #noteOthers(sums: ReadonlyMap<string, Totals>): void {
    const others = new Map<string, Totals>();
    for (const key of this.#uses().known) {
      const { keyId } = key.ref;
      const isInDoubt = this.#inDoubt.has(keyId);
      const before = this.#others.get(keyId);
      if (isInDoubt && before) others.set(keyId, before);
      if (isInDoubt) continue;
      const total = sums.get(keyId);
      const stored = sum(this.#stored.get(keyId) ?? noTotals, this.#storedBefore.get(keyId) ?? noTotals);
      const ofOthers = total ? stored.map((value, index) => partOf(total[index], value)) : noTotals;
      if (total) others.set(keyId, ofOthers);
      if (isSame(ofOthers, before ?? noTotals)) continue;
      key.statusRevision++;
      this.#onOthers?.(key, difference(ofOthers, before ?? noTotals));
    }
    this.#others = others;
    this.hasSums = true;
  }

  /** What this process has counted under its current instance id. */
  #ofInstance(key: Use): Totals {
    const before = this.#storedBefore.get(key.ref.keyId);
    const own = this.#own(key);
    return before ? difference(own, before) : own;
  }

  #own({ ref, usage }: Use): Totals {
    const counted = this.#counted.get(ref.keyId) ?? noTotals;
    if (!this.#usageAtOpening) return counted;
    const before = this.#usageAtOpening.get(ref.keyId) ?? noTotals;
    return toTotals(usage).map((value, index) => Math.max(0, value - (before[index] ?? 0) + (counted[index] ?? 0)));
  }
}

function sum(a: Totals, b: Totals): Totals {
  return a.map((value, index) => value + (b[index] ?? 0));
}

function isSame(a: Totals, b: Totals): boolean {
  return a.every((value, index) => value === b[index]);
}

/** The part of a total that other processes have counted; 0 for an invalid total. */
function partOf(total: unknown, own: number): number {
  return isTotal(total) ? Math.max(0, total - own) : 0;
}
