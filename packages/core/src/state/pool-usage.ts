import type { KeyRing } from './key-ring.ts';
import type { PooledKey } from './pooled-key.ts';
import type { SharedClock } from './shared-clock.ts';
import type { Totals, UsageCounts, WindowCounters } from './usage-counts.ts';
import { UsageWindow } from './usage-window.ts';

// No time zone changes its date but at a quarter of an hour.
const quarterHourMs = 900_000;
const dayMs = 86_400_000;
const keepDayMs = 2 * dayMs + dayMs / 12;
const keepTotalMs = 30 * dayMs;

/** Counts what keys are used for, in total and today in the provider's time zone, here and in all processes together. */
export class PoolUsage {
  #ring: KeyRing;
  readonly #clock: SharedClock;
  readonly #dates: Intl.DateTimeFormat;
  readonly #total: UsageWindow;
  readonly #days = new Map<string, UsageWindow>();
  #today: UsageWindow;
  #isSameDayUntilMs = 0;

  constructor(ring: KeyRing, clock: SharedClock, timeZone = 'UTC') {
    this.#ring = ring;
    this.#clock = clock;
    // The Swedish way of writing a date is that of ISO 8601.
    this.#dates = new Intl.DateTimeFormat('sv-SE', { timeZone });
    this.#total = new UsageWindow('total', () => this.#ring);
    this.#total.open();
    this.#today = this.#dayOf(clock.now());
    this.#today.open();
  }

  /** From now on the keys of the pool are these. */
  replace(ring: KeyRing): void {
    this.#ring = ring;
  }

  /** Starts a new day when one has come. `now` is in this process's clock, in ms since the epoch. */
  startDay(now: number): void {
    if (this.#clock.fromLocal(now) >= this.#isSameDayUntilMs) this.#turnTo(this.#clock.fromLocal(now));
  }

  /** Usage of a key by this process, since the day began for the provider. */
  todayOf(key: PooledKey): UsageCounts {
    return this.#today.ofThis(key);
  }

  /** Usage of a key by all processes. */
  ofAll(key: PooledKey): { readonly total: UsageCounts; readonly today: UsageCounts } {
    return { total: this.#total.ofAll(key), today: this.#today.ofAll(key) };
  }

  /** What the store does not have yet; the current windows always, as their sums are asked for with them. */
  due(): WindowCounters[] {
    const now = this.#clock.now();
    this.#turnTo(now);
    this.#total.expiresAtMs = now + keepTotalMs;
    const current = new Set([this.#total.name, this.#today.name]);
    const all = [this.#total, ...this.#days.values()].map((window) => window.due());
    return all.filter(({ window, totals }) => current.has(window) || totals.size > 0);
  }

  /** The store has taken over what was due. */
  acknowledge(sent: readonly WindowCounters[], sums: ReadonlyMap<string, ReadonlyMap<string, Totals>>): void {
    for (const { window, totals } of sent) {
      const counted = window === this.#total.name ? this.#total : this.#days.get(window);
      counted?.acknowledge(totals, sums.get(window));
    }
  }

  /** The store has lost what it had, so all is due again. */
  forgetStored(): void {
    for (const window of [this.#total, ...this.#days.values()]) window.forgetStored();
  }

  #turnTo(now: number): void {
    this.#isSameDayUntilMs = (Math.floor(now / quarterHourMs) + 1) * quarterHourMs;
    const day = this.#dayOf(now);
    for (const [name, { expiresAtMs }] of this.#days) if (expiresAtMs <= now) this.#days.delete(name);
    if (day === this.#today) return;
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
