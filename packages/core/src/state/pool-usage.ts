import type { TokenCounts } from '../base/token-usage.ts';
import type { KeyRing } from './key-ring.ts';
import type { PooledKey } from './pooled-key.ts';
import type { SharedClock } from './shared-clock.ts';
import {
  addTokens,
  addUsage,
  counted,
  difference,
  noTotals,
  toCounts,
  toTotals,
  type KeyUsage,
  type Totals,
  type UsageCounts,
  type WindowCounters,
} from './usage-counts.ts';
import { BucketUses } from './bucket-uses.ts';
import { ProcessCount } from './process-count.ts';
import { RecentUsage, type OnOthers } from './recent-usage.ts';
import { UsageWindow, type Use, type Uses } from './usage-window.ts';

// In every time zone, a new day starts at a full quarter of an hour.
const quarterHourMs = 900_000;
const dayMs = 86_400_000;
const keepDayMs = 2 * dayMs + dayMs / 12;
const keepTotalMs = 30 * dayMs;

/** Usage of each key, in total and today (in the provider's time zone), by this process and by all processes. */
export class PoolUsage {
  #ring: KeyRing;
  readonly #clock: SharedClock;
  readonly #dates: Intl.DateTimeFormat;
  readonly #total: UsageWindow;
  readonly #days = new Map<string, UsageWindow>();
  #today: UsageWindow;
  #nextDayCheckMs = 0;
  /** Not private, because `takeOver()` can receive the usage of another copy of this package. */
  readonly buckets: BucketUses = new BucketUses();
  /** The last minute; `undefined` while no limit needs it. */
  #recent: RecentUsage | undefined;
  #processes: ProcessCount | undefined;
  #onSums: (() => void) | undefined;
  /** The keys that were used since the windows last counted. */
  readonly #touched = new Set<Use>();

  constructor(ring: KeyRing, clock: SharedClock, timeZone = 'UTC') {
    this.#ring = ring;
    this.#clock = clock;
    // The Swedish date format is that of ISO 8601.
    this.#dates = new Intl.DateTimeFormat('sv-SE', { timeZone });
    this.#total = new UsageWindow('total', () => this.#uses);
    this.#total.open();
    this.#today = this.#dayOf(clock.now());
    this.#today.open();
  }

  /** Starts to count the processes that use the store. */
  countProcesses(): void {
    this.#processes ??= new ProcessCount();
  }

  /** Starts to count the usage of the last minute. */
  shareRecent(onOthers: OnOthers, onSums: () => void): void {
    this.#recent ??= new RecentUsage(() => this.#uses, onOthers, this.#clock.now());
    this.#onSums = onSums;
  }

  /** The usage of the last minute. Not private, because `takeOver()` can receive the usage of another copy of this package. */
  get recentSlots(): readonly UsageWindow[] {
    return this.#recent?.windows ?? [];
  }

  /** The number of processes that use the store; 1 without one. */
  get processes(): number {
    return this.#processes?.count ?? 1;
  }

  /** Counts an attempt that begins. */
  addRequest(key: PooledKey, { bucket, units }: { readonly bucket: string; readonly units: number }): void {
    key.usage.attempts++;
    key.usage.quotaUnits += units;
    const ofBucket = this.#usageOfBucket(key, bucket);
    if (!ofBucket) return;
    ofBucket.attempts++;
    ofBucket.quotaUnits += units;
  }

  /** Counts tokens of an attempt that has ended, or corrects them. */
  addTokens(key: PooledKey, bucket: string, tokens: TokenCounts): void {
    addTokens(key.usage, tokens);
    const ofBucket = this.#usageOfBucket(key, bucket);
    if (ofBucket) addTokens(ofBucket, tokens);
  }

  /** Replaces the keys of the pool. */
  replace(ring: KeyRing): void {
    this.#ring = ring;
    this.buckets.replace(ring);
    for (const window of this.#all()) window.forgetUnknown();
  }

  /** Starts a new day when the next quarter of an hour has come. `now` is in shared time, in ms since the epoch. */
  startDayIfDue(now: number): void {
    if (now >= this.#nextDayCheckMs) this.startDay();
    this.#moveRecent(now);
  }

  /** The date of the current day, for example `2026-11-22`. */
  get day(): string {
    return this.#today.name;
  }

  /** Starts a new day if the wall clock is past midnight. */
  startDay(): void {
    this.#switchToDayOf(this.#clock.date());
  }

  /** Usage of a key by this process since midnight in the provider's time zone. */
  todayOf(use: Use): UsageCounts {
    return this.#today.ofThis(use);
  }

  /** What this process has used of a key since midnight. */
  ownToday({ ref, usage }: Use, measure: keyof typeof counted): number {
    const { name, index } = counted[measure];
    return this.#today.ownNumber(ref.keyId, usage[name], index);
  }

  /** What other processes have used of a key since midnight, as of the last exchange with the store. */
  othersToday({ ref }: Use, measure: keyof typeof counted): number {
    return this.#today.othersNumber(ref.keyId, counted[measure].index);
  }

  /** Usage of a key by all processes. */
  ofAll(key: PooledKey): { readonly total: UsageCounts; readonly today: UsageCounts } {
    return { total: this.#total.ofAll(key), today: this.#today.ofAll(key) };
  }

  /**
   * Adds what another manager of this process has counted on the same key. `isStored`: the store has it already. A manager that
   * comes back has a part of it already: what it handed over.
   */
  takeOver(key: PooledKey, known: PooledKey, before: PoolUsage, isStored: boolean): void {
    for (const usage of [this, before]) usage.startDay();
    this.#takeOver(key, known, before, isStored);
    for (const ofBucket of before.buckets.all.filter((use) => use.key === known)) {
      const use = this.buckets.find(key, ofBucket.bucket);
      if (use) this.#takeOver(use, ofBucket, before, isStored);
    }
  }

  #takeOver(use: Use, known: Use, before: PoolUsage, isStored: boolean): void {
    const { day } = this;
    const all = toTotals(known.usage);
    const ofToday = before.day === day ? toTotals(before.todayOf(known)) : noTotals;
    const handedOver = use.history === known.history ? use.handedOver : undefined;
    const more = difference(all, handedOver?.all ?? noTotals);
    const moreOfToday = difference(ofToday, handedOver?.day === day ? handedOver.ofToday : noTotals);
    this.#total.takeOver(use, more, more, isStored);
    this.#today.takeOver(use, more, moreOfToday, isStored);
    for (const slot of this.recentSlots) {
      const ofSlot = before.recentSlots.find(({ name }) => name === slot.name)?.ofThis(known);
      slot.takeOver(use, more, ofSlot ? toTotals(ofSlot) : noTotals, isStored);
    }
    addUsage(use.usage, toCounts(more), known.usage.lastUsedAtMs);
    known.handedOver = { all, day, ofToday };
    use.handedOver = undefined;
    use.history = known.history;
  }

  /** Notes that this process has used the key. */
  touch(use: Use): void {
    this.#touched.add(use);
  }

  /** Whether the store may lack some of the totals. */
  hasUnsent(): boolean {
    this.#count();
    return this.#all().some((window) => window.hasUnsent);
  }

  /** Totals that the store does not have yet, by window, `most` of them; with `withTotals`, also the current windows, to receive their sums. */
  due(withTotals: boolean, most: number): WindowCounters[] {
    const now = this.#clock.now();
    this.#switchToDayOf(now);
    this.#moveRecent(now);
    this.#count();
    this.#total.expiresAtMs = now + keepTotalMs;
    const recent = this.#recent?.unsettled(now) ?? [];
    const current = new Set(withTotals ? [this.#total.name, this.#today.name, ...recent] : []);
    let left = most;
    const all = this.#all().map((window) => {
      const due = window.due(left);
      left -= due.totals.size;
      return due;
    });
    const due = all.filter(({ window, totals }) => current.has(window) || totals.size > 0);
    // An idle process writes nothing, unless its keys have limits: then the others leave a share of them to it.
    const sends = this.#recent !== undefined || due.some(({ totals }) => totals.size > 0);
    return [...due, ...(this.#processes?.due(withTotals, sends, now) ?? [])];
  }

  /** Notes that the store has these totals and, if they were requested, the sums over all processes. */
  acknowledge(sent: readonly WindowCounters[], sums?: ReadonlyMap<string, ReadonlyMap<string, Totals>>): void {
    const byName = new Map(this.#all().map((window) => [window.name, window]));
    for (const counters of sent) {
      const { window, totals } = counters;
      const ofWindow = sums && (sums.get(window) ?? new Map<string, Totals>());
      if (this.#processes?.has(window)) this.#processes.acknowledge(counters, ofWindow);
      else byName.get(window)?.acknowledge(totals, ofWindow);
    }
    if (sums) this.#onSums?.();
  }

  /** Makes all totals due again, because the store has lost its data. */
  forgetStored(): void {
    for (const window of this.#all()) window.forgetStored();
    this.#processes?.forgetStored();
  }

  /** Counts from 0 for the store, under the id of a new instance. What the store has stays there. */
  startNewInstance(): void {
    for (const window of this.#all()) window.startNewInstance();
    this.#processes?.forgetStored();
  }

  /** The usage of a bucket with limits, which changes now. */
  #usageOfBucket(key: PooledKey, bucket: string): KeyUsage | undefined {
    const use = this.buckets.find(key, bucket);
    if (use) this.touch(use);
    return use?.usage;
  }

  get #uses(): Uses {
    if (this.buckets.isEmpty) return this.#ring;
    return {
      known: [...this.#ring.known, ...this.buckets.all],
      findById: (id) => this.#ring.findById(id) ?? this.buckets.findById(id),
    };
  }

  #all(): UsageWindow[] {
    return [this.#total, ...this.#days.values(), ...this.recentSlots];
  }

  #count(): void {
    const slot = this.#recent?.current;
    const open = slot ? [this.#total, this.#today, slot] : [this.#total, this.#today];
    for (const use of this.#touched) for (const window of open) window.touch(use);
    this.#touched.clear();
  }

  #moveRecent(now: number): void {
    if (!this.#recent?.isOver(now)) return;
    this.#count();
    this.#recent.moveTo(now);
  }

  #switchToDayOf(now: number): void {
    this.#nextDayCheckMs = this.#clock.now() + quarterHourMs - (now % quarterHourMs);
    const day = this.#dayOf(now);
    for (const [name, { expiresAtMs }] of this.#days) if (expiresAtMs <= now) this.#days.delete(name);
    if (day === this.#today) return;
    this.#count();
    this.#today.close();
    this.#today = day;
    day.open();
  }

  #dayOf(now: number): UsageWindow {
    const date = this.#dates.format(now);
    const day = this.#days.get(date) ?? new UsageWindow(date, () => this.#uses);
    day.expiresAtMs = Math.max(day.expiresAtMs, now + keepDayMs);
    this.#days.set(date, day);
    return day;
  }
}
