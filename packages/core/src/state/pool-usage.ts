import type { KeyRing } from './key-ring.ts';
import type { PooledKey } from './pooled-key.ts';
import type { SharedClock } from './shared-clock.ts';
import {
  addUsage,
  counted,
  difference,
  noTotals,
  toCounts,
  toTotals,
  type Totals,
  type UsageCounts,
  type WindowCounters,
} from './usage-counts.ts';
import { UsageWindow } from './usage-window.ts';

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
  /** The keys that were used since the windows last counted. */
  readonly #touched = new Set<PooledKey>();

  constructor(ring: KeyRing, clock: SharedClock, timeZone = 'UTC') {
    this.#ring = ring;
    this.#clock = clock;
    // The Swedish date format is that of ISO 8601.
    this.#dates = new Intl.DateTimeFormat('sv-SE', { timeZone });
    this.#total = new UsageWindow('total', () => this.#ring);
    this.#total.open();
    this.#today = this.#dayOf(clock.now());
    this.#today.open();
  }

  /** Replaces the keys of the pool. */
  replace(ring: KeyRing): void {
    this.#ring = ring;
    for (const window of this.#all()) window.forgetUnknown();
  }

  /** Starts a new day when the next quarter of an hour has come. `now` is in shared time, in ms since the epoch. */
  startDayIfDue(now: number): void {
    if (now >= this.#nextDayCheckMs) this.startDay();
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
  todayOf(key: PooledKey): UsageCounts {
    return this.#today.ofThis(key);
  }

  /** What this process has used of a key since midnight. */
  ownToday({ ref, usage }: PooledKey, measure: keyof typeof counted): number {
    const { name, index } = counted[measure];
    return this.#today.ownNumber(ref.keyId, usage[name], index);
  }

  /** What other processes have used of a key since midnight, as of the last exchange with the store. */
  othersToday({ ref }: PooledKey, measure: keyof typeof counted): number {
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
    const { day } = this;
    const all = toTotals(known.usage);
    const ofToday = before.day === day ? toTotals(before.todayOf(known)) : noTotals;
    const handedOver = key.history === known.history ? key.handedOver : undefined;
    const more = difference(all, handedOver?.all ?? noTotals);
    const moreOfToday = difference(ofToday, handedOver?.day === day ? handedOver.ofToday : noTotals);
    this.#total.takeOver(key, more, more, isStored);
    this.#today.takeOver(key, more, moreOfToday, isStored);
    addUsage(key.usage, toCounts(more), known.usage.lastUsedAtMs);
    known.handedOver = { all, day, ofToday };
    key.handedOver = undefined;
    key.history = known.history;
  }

  /** Notes that this process has used the key. */
  touch(key: PooledKey): void {
    this.#touched.add(key);
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
    this.#count();
    this.#total.expiresAtMs = now + keepTotalMs;
    const current = new Set(withTotals ? [this.#total.name, this.#today.name] : []);
    let left = most;
    const all = this.#all().map((window) => {
      const due = window.due(left);
      left -= due.totals.size;
      return due;
    });
    return all.filter(({ window, totals }) => current.has(window) || totals.size > 0);
  }

  /** Notes that the store has these totals and, if they were requested, the sums over all processes. */
  acknowledge(sent: readonly WindowCounters[], sums?: ReadonlyMap<string, ReadonlyMap<string, Totals>>): void {
    for (const { window, totals } of sent) {
      const target = window === this.#total.name ? this.#total : this.#days.get(window);
      target?.acknowledge(totals, sums && (sums.get(window) ?? new Map()));
    }
  }

  /** Makes all totals due again, because the store has lost its data. */
  forgetStored(): void {
    for (const window of this.#all()) window.forgetStored();
  }

  /** Counts from 0 for the store, under the id of a new instance. What the store has stays there. */
  startNewInstance(): void {
    for (const window of this.#all()) window.startNewInstance();
  }

  #all(): UsageWindow[] {
    return [this.#total, ...this.#days.values()];
  }

  #count(): void {
    for (const key of this.#touched) for (const window of [this.#total, this.#today]) window.touch(key);
    this.#touched.clear();
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
    const day = this.#days.get(date) ?? new UsageWindow(date, () => this.#ring);
    day.expiresAtMs = Math.max(day.expiresAtMs, now + keepDayMs);
    this.#days.set(date, day);
    return day;
  }
}
