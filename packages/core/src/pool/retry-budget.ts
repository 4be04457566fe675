import { InvalidOptionsError } from '../base/errors.ts';

/** How many retries a provider's calls may add to its traffic. */
export interface RetryBudgetOptions {
  /** Retries allowed for each call of the window. @default 0.2 */
  readonly ratio?: number;
  /** The window in ms. @default 10_000 */
  readonly windowMs?: number;
}

const slots = 10;

/** Counts what happened in the last `windowMs`, in tenths of it. */
class SlidingCount {
  readonly #slotMs: number;
  readonly #counts: number[] = Array.from({ length: slots }, () => 0);
  #latest = 0;

  constructor(windowMs: number) {
    this.#slotMs = windowMs / slots;
  }

  add(count: number, now: number): void {
    const slot = this.#moveTo(now) % slots;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count;
  }

  total(now: number): number {
    this.#moveTo(now);
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  #moveTo(now: number): number {
    const slot = Math.floor(now / this.#slotMs);
    if (slot <= this.#latest) return this.#latest;
    const stale = Math.min(slot - this.#latest, slots);
    for (let back = 0; back < stale; back++) this.#counts[(slot - back) % slots] = 0;
    this.#latest = slot;
    return slot;
  }
}

/**
 * Keeps retries from multiplying traffic when the provider is down.
 *
 * Within the window it allows a share of the calls, and never less than one call's walk over every key.
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #calls: SlidingCount;
  readonly #retries: SlidingCount;

  /** @throws InvalidOptionsError for a ratio below 0 or a window that is not positive. */
  constructor({ ratio = 0.2, windowMs = 10_000 }: RetryBudgetOptions) {
    if (!(ratio >= 0 && Number.isFinite(ratio))) {
      throw new InvalidOptionsError(`"retryBudget.ratio" must be a number from 0; it is ${ratio}.`);
    }
    if (!(windowMs > 0 && Number.isFinite(windowMs))) {
      throw new InvalidOptionsError(`"retryBudget.windowMs" must be a positive number of ms; it is ${windowMs}.`);
    }
    this.#ratio = ratio;
    this.#calls = new SlidingCount(windowMs);
    this.#retries = new SlidingCount(windowMs);
  }

  /** Adds a call to the current slot. */
  countCall(now: number): void {
    this.#calls.add(1, now);
  }

  /** Takes one retry out of the budget; `false` when it is spent. `floor` retries are always allowed. */
  spend(floor: number, now: number): boolean {
    if (this.#retries.total(now) >= Math.max(floor, this.#ratio * this.#calls.total(now))) return false;
    this.#retries.add(1, now);
    return true;
  }
}
