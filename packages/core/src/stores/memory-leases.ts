import type { Lease } from './key-state-store.ts';

const noteKeptMs = 24 * 60 * 60 * 1000;

interface Held {
  untilMs: number;
}

interface Note {
  readonly text: string;
  keptUntilMs: number;
}

/** The leases of one pool, in memory, and their notes. */
export class MemoryLeases {
  readonly #now: () => number;
  readonly #leases = new Map<string, Held>();
  readonly #notes = new Map<string, Note>();

  constructor(now: () => number) {
    this.#now = now;
  }

  take(name: string, ttlMs: number): Lease | null {
    const now = this.#now();
    this.#dropExpired(now);
    if ((this.#leases.get(name)?.untilMs ?? 0) > now) return null;
    const mine = { untilMs: now + ttlMs };
    this.#append(name, mine);
    return {
      renew: async (renewedMs, note) => this.#renew(name, mine, renewedMs, note),
      release: async () => {
        if (this.#leases.get(name) === mine) this.#leases.delete(name);
      },
    };
  }

  note(name: string): string | undefined {
    const note = this.#notes.get(name);
    return note && note.keptUntilMs > this.#now() ? note.text : undefined;
  }

  #renew(name: string, mine: Held, ttlMs: number, given: string | undefined): boolean {
    const now = this.#now();
    if (this.#leases.get(name) !== mine || mine.untilMs <= now) return false;
    mine.untilMs = now + ttlMs;
    this.#append(name, mine);
    const text = given ?? this.note(name);
    if (text !== undefined) this.#notes.set(name, { text, keptUntilMs: now + noteKeptMs });
    return true;
  }

  /** The oldest come first. */
  #append(name: string, held: Held): void {
    this.#leases.delete(name);
    this.#leases.set(name, held);
  }

  #dropExpired(now: number): void {
    for (const [name, { untilMs }] of this.#leases) {
      if (untilMs > now) break;
      this.#leases.delete(name);
    }
    for (const [name, { keptUntilMs }] of this.#notes) if (keptUntilMs <= now) this.#notes.delete(name);
  }
}
