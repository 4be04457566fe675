import type { Totals } from './usage-counts.ts';
import { UsageWindow, type Use, type Uses } from './usage-window.ts';

const slotMs = 10_000;
/** The slots that cover the last minute, with the current one. */
const slots = 8;
/** Processes send what they have counted within seconds. After this time, the sums of a slot are final. */
const lateMs = 5000;

/** Called with what other processes have used since the last sums, and when, in shared time: at the latest at this moment. */
export type OnOthers = (use: Use, more: Totals, atMs: number) => void;

/**
 * Usage of the last minute, in slots of ten seconds, so that a process learns what the others have used in that time, also one that has
 * just started. All times are in shared time.
 */
export class RecentUsage {
  readonly #uses: () => Uses;
  readonly #onOthers: OnOthers;
  /** Number of the slot since the epoch → its window. */
  readonly #slots = new Map<number, UsageWindow>();
  #current = -Infinity;

  constructor(uses: () => Uses, onOthers: OnOthers, now: number) {
    this.#uses = uses;
    this.#onOthers = onOthers;
    this.moveTo(now);
  }

  /** The window of the current slot. */
  get current(): UsageWindow | undefined {
    return this.#slots.get(this.#current);
  }

  get windows(): readonly UsageWindow[] {
    return [...this.#slots.values()];
  }

  /** Whether another slot has begun. */
  isOver(now: number): boolean {
    return Math.floor(now / slotMs) !== this.#current;
  }

  /** Opens the slot of this time. */
  moveTo(now: number): void {
    const slot = Math.floor(now / slotMs);
    this.#slots.get(this.#current)?.close();
    // The first answer of a store can set the clock back.
    if (slot < this.#current) this.#slots.clear();
    this.#current = slot;
    const first = slot - slots + 1;
    for (const old of this.#slots.keys()) if (old < first) this.#slots.delete(old);
    for (let number = first; number <= slot; number++) if (!this.#slots.has(number)) this.#add(number);
    this.#slots.get(slot)?.open();
  }

  /** The names of the windows whose sums can change or were never read. */
  unsettled(now: number): readonly string[] {
    const isSettled = (slot: number, { hasSums }: UsageWindow) => hasSums && (slot + 1) * slotMs + lateMs < now;
    return [...this.#slots].filter((entry) => !isSettled(...entry)).map(([, { name }]) => name);
  }

  #add(slot: number): void {
    const endsAtMs = (slot + 1) * slotMs;
    const window = new UsageWindow(`10s-${slot}`, this.#uses, (use, more) => this.#onOthers(use, more, endsAtMs));
    window.expiresAtMs = endsAtMs + slots * slotMs;
    this.#slots.set(slot, window);
  }
}
