const slotMs = 1000;
/** The current second and 60 whole ones: with 60 in all, two begins that both count at the provider could be 59 s apart here. */
const slots = 61;

/** Sums up what began in the last minute, by second. Times are in ms by a steady clock. */
export class MinuteWindow {
  readonly #bySlot = new Float64Array(slots);
  /** The current second, since the epoch of the clock. */
  #slot = 0;
  #total = 0;

  /** Adds what begins now. Returns its second, to correct the amount later. */
  add(amount: number, now: number): number {
    this.#moveTo(now);
    this.#change(this.#slot, amount);
    return this.#slot;
  }

  /** Corrects an amount by the difference to the real one, unless its second has left the window. */
  correct(slot: number, difference: number, now: number): void {
    this.#moveTo(now);
    if (slot > this.#slot - slots) this.#change(slot, difference);
  }

  total(now: number): number {
    this.#moveTo(now);
    return this.#total;
  }

  /** The time in ms until so much more stays within the limit, with what `others` have used; 0 for now. */
  roomInMs(amount: number, limit: number, now: number, others?: MinuteWindow): number {
    const most = Math.max(0, limit - amount);
    let left = this.total(now) + (others?.total(now) ?? 0);
    if (left <= most) return 0;
    let slot = this.#slot - slots + 1;
    for (; slot <= this.#slot && left > most; slot++) left -= this.#at(slot) + (others ? others.#at(slot) : 0);
    return (slot - 1 + slots) * slotMs - now;
  }

  /** What is counted, and when it began, to the second. */
  amounts(now: number): readonly { readonly amount: number; readonly atMs: number }[] {
    this.#moveTo(now);
    const all = Array.from({ length: slots }, (_, index) => this.#slot - index);
    return all.map((slot) => ({ amount: this.#at(slot), atMs: slot * slotMs })).filter(({ amount }) => amount > 0);
  }

  /** When the first of what is counted leaves the window; `undefined` if nothing is. */
  changesInMs(now: number): number | undefined {
    this.#moveTo(now);
    for (let slot = this.#slot - slots + 1; slot <= this.#slot; slot++) {
      if (this.#at(slot) > 0) return (slot + slots) * slotMs - now;
    }
    return undefined;
  }

  #at(slot: number): number {
    return this.#bySlot[slot % slots] ?? 0;
  }

  #change(slot: number, by: number): void {
    // A correction never takes back more than was added.
    const change = Math.max(by, -this.#at(slot));
    this.#bySlot[slot % slots] = this.#at(slot) + change;
    this.#total += change;
  }

  #moveTo(now: number): void {
    const slot = Math.floor(now / slotMs);
    if (slot <= this.#slot) return;
    if (slot - this.#slot >= slots) {
      this.#bySlot.fill(0);
      this.#total = 0;
    } else {
      for (let left = this.#slot + 1; left <= slot; left++) this.#change(left, -this.#at(left));
    }
    this.#slot = slot;
  }
}
