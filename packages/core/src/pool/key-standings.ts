import type { KeyState } from '../state/health-view.ts';
import type { KeyRing } from '../state/key-ring.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { SharedClock } from '../state/shared-clock.ts';

/** The standing of a key in all buckets: it can be a good choice, a suspect or standby one, or none. */
export const good = 0;
export const demoted = 1;
const out = 2;

function standingOf(state: KeyState, weight: number): number {
  if (state === 'cooling' || state === 'disabled') return out;
  return state === 'suspect' || weight === 0 ? demoted : good;
}

/** Keeps the standing of each key by its index, so that a selection does not visit thousands of keys. */
export class KeyStandings {
  readonly #clock: SharedClock;
  readonly #onStanding: (key: PooledKey, isGood: boolean) => void;
  #ring: KeyRing;
  #standing: Uint8Array = new Uint8Array();
  /** The keys that are not healthy. */
  readonly #troubled = new Set<PooledKey>();
  /** When the state of a key changes next without an event, in ms since the epoch. */
  #changesAtMs = Infinity;
  /** The same for cooldowns that end at a date of the wall clock, which can be set past that date. */
  #changesAtDateMs = Infinity;
  /** The keys that have no room by configured limits, as of the last search. A search passes over them until then. */
  readonly #full = new Set<PooledKey>();
  #fullUntilMs = Infinity;
  /** The index of the first good key; the length of the list if there is none. */
  #head = 0;

  constructor(ring: KeyRing, clock: SharedClock, onStanding: (key: PooledKey, isGood: boolean) => void) {
    this.#ring = ring;
    this.#clock = clock;
    this.#onStanding = onStanding;
  }

  /** Replaces the keys of the pool. */
  replace(ring: KeyRing): void {
    this.#ring = ring;
    this.#standing = new Uint8Array(ring.keys.length);
    this.#troubled.clear();
    this.#full.clear();
    this.refreshAll();
  }

  /** Whether a key is not healthy. */
  get hasTroubled(): boolean {
    return this.#troubled.size > 0;
  }

  /** Whether searches pass over a key that had no room. */
  get hasFull(): boolean {
    return this.#full.size > 0;
  }

  /** The first good key of the list. */
  get first(): PooledKey | undefined {
    return this.#ring.keys[this.#head];
  }

  /** Updates one key after a change of its health. */
  refresh(key: PooledKey): void {
    this.#refresh(key, this.#clock.now());
  }

  /** Updates all keys, because their list or the clock has changed. */
  refreshAll(): void {
    this.#refreshAll(this.#clock.now());
  }

  /** Passes over a key that has no room, until then. */
  markFull(key: PooledKey, untilMs: number): void {
    this.#full.add(key);
    this.#fullUntilMs = Math.min(this.#fullUntilMs, untilMs);
    this.#stand(key, out);
  }

  /** Looks again at all keys that had no room. */
  forgetFull(): void {
    const full = [...this.#full];
    this.#full.clear();
    this.#fullUntilMs = Infinity;
    for (const key of full) this.refresh(key);
  }

  /** Updates all keys if a state has ended by the clock. */
  refreshIfDue(): void {
    if (this.#changesAtMs === Infinity && this.#fullUntilMs === Infinity) return;
    const now = this.#clock.now();
    if (now >= this.#fullUntilMs) this.forgetFull();
    const isDue = now >= this.#changesAtMs || now >= this.#clock.fromDate(this.#changesAtDateMs);
    if (isDue) this.#refreshAll(now);
  }

  /** The index of the next key with this standing, from `index` around the list to `start`; -1 if there is none. */
  next(standing: number, index: number, start: number): number {
    const next = this.#standing.indexOf(standing, index);
    if (index < start) return next < start ? next : -1;
    if (next >= 0 || start === 0) return next;
    const around = this.#standing.indexOf(standing);
    return around < start ? around : -1;
  }

  #refreshAll(now: number): void {
    this.#changesAtMs = this.#changesAtDateMs = Infinity;
    for (const key of this.#ring.keys) this.#refresh(key, now);
    this.#head = this.#firstGood(0);
  }

  #refresh(key: PooledKey, now: number): void {
    // The attempts of a key that has left the list still end.
    if (!this.#ring.has(key)) return;
    const { health } = key;
    const state = health.state(now);
    this.#stand(key, this.#full.has(key) ? out : standingOf(state, key.weight));
    if (state === 'healthy') this.#troubled.delete(key);
    else this.#troubled.add(key);
    this.#changesAtMs = Math.min(this.#changesAtMs, health.changesAtMs(now));
    const dateMs = health.endsAtDateMs;
    if (this.#clock.fromDate(dateMs) > now) this.#changesAtDateMs = Math.min(this.#changesAtDateMs, dateMs);
  }

  #stand(key: PooledKey, standing: number): void {
    const { index } = key;
    this.#standing[index] = standing;
    if (index < this.#head && standing === good) this.#head = index;
    if (index === this.#head && standing !== good) this.#head = this.#firstGood(index);
    this.#onStanding(key, standing === good);
  }

  #firstGood(from: number): number {
    const index = this.#standing.indexOf(good, from);
    return index < 0 ? this.#standing.length : index;
  }
}
