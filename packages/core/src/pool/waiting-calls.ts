import { abortable } from '../base/abortable.ts';
import type { FullRuntime } from '../base/runtime.ts';
import { WaitingLines, type Line } from './waiting-lines.ts';

/** How a call waits. It keeps its place until its attempt begins: if it has to wait once more, it goes back to its old position. */
export interface Place {
  /** Rises with each call that waits. */
  readonly number: number;
  /** The line in which it waits for room; `undefined` if it waits for something else. */
  line: Line;
  /** When the call tries again if nothing wakes it before, by the steady clock; `Infinity` for never. */
  untilMs: number;
}

/** Waits are cut into parts, because one long timer misses that the machine slept or that its clock was set. */
const longestTimerMs = 60_000;

/** Lets a call go on if it can now. Returns whether it does; if not, its place says how it waits on. */
type TryNow = () => boolean;

/**
 * Calls that wait for a change in the pool, first come, first served.
 *
 * Of a line only the first call is tried: where it finds no room, those behind it find none. One timer serves all.
 */
export class WaitingCalls {
  readonly #runtime: Pick<FullRuntime, 'sleep' | 'steadyNow'>;
  /** In the order in which they came. */
  #waiting = new Map<Place, TryNow>();
  readonly #lines = new WaitingLines();
  #isWaking = false;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;
  #placesTaken = 0;

  constructor(runtime: Pick<FullRuntime, 'sleep' | 'steadyNow'>) {
    this.#runtime = runtime;
  }

  /** Whether calls wait for room. */
  get isForRoom(): boolean {
    return this.#lines.areOpen;
  }

  /** Whether a call that comes now would overtake others: those in its line, and all those that are about to be tried. */
  wouldOvertake(line: Line): boolean {
    return this.isForRoom && (this.#isWaking || this.#lines.has(line));
  }

  takePlace(): Place {
    return { number: ++this.#placesTaken, line: undefined, untilMs: Infinity };
  }

  /**
   * Calls `poll` after each change that can concern this place. Resolves with the first value that it returns; rejects with what it
   * throws, or when the signal aborts.
   */
  wait<T>(place: Place, poll: () => T | undefined, signal: AbortSignal | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#join(place, () => {
      if (signal?.aborted) return true;
      try {
        const result = poll();
        if (result === undefined) return false;
        resolve(result);
      } catch (error) {
        reject(error as Error);
      }
      return true;
    });
    return abortable(promise, signal).finally(() => this.#leave(place));
  }

  /** Lets the waiting calls try again. Changes in one synchronous step wake the calls once. */
  wake(): void {
    if (this.#isWaking || this.#waiting.size === 0) return;
    this.#isWaking = true;
    queueMicrotask(() => {
      this.#isWaking = false;
      this.#tryInOrder();
    });
  }

  #join(place: Place, tryNow: TryNow): void {
    this.#waiting.set(place, tryNow);
    this.#lines.add(place.line);
    this.#armTimer(place.untilMs);
    if (place.number === this.#placesTaken) return;
    // It has waited before, and has to come before those that came later.
    this.#waiting = new Map([...this.#waiting].toSorted(([a], [b]) => a.number - b.number));
    this.wake();
  }

  #leave(place: Place): void {
    if (this.#waiting.delete(place)) this.#lines.remove(place.line);
    // Those behind it can need less room.
    if (place.line !== undefined) this.wake();
    if (this.#waiting.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Tries the first call of each line, and the next one while there is room. */
  #tryInOrder(): void {
    const full = new Set<Line>();
    for (const [place, tryNow] of this.#waiting) {
      if (full.size === this.#lines.size) return;
      const { line } = place;
      if (full.has(line) || this.#try(place, tryNow)) continue;
      // A call that waits for something else now holds up no line.
      if (place.line !== undefined) full.add(place.line);
    }
  }

  #try(place: Place, tryNow: TryNow): boolean {
    const { line } = place;
    place.line = undefined;
    place.untilMs = Infinity;
    const goesOn = tryNow();
    if (goesOn) this.#waiting.delete(place);
    else this.#lines.add(place.line);
    this.#lines.remove(line);
    this.#armTimer(place.untilMs);
    return goesOn;
  }

  #armTimer(atMs: number): void {
    if (atMs === Infinity || (this.#timer && this.#timer.atMs <= atMs)) return;
    this.#timer?.cancel();
    const stop = new AbortController();
    this.#timer = { atMs, cancel: () => stop.abort() };
    const ms = Math.min(longestTimerMs, Math.max(0, Math.ceil(atMs - this.#runtime.steadyNow())));
    this.#runtime.sleep(ms, stop.signal).then(
      () => this.#onTimer(),
      () => {},
    );
  }

  #onTimer(): void {
    this.#timer = undefined;
    this.#tryInOrder();
    // The patience of a call can end while others are before it.
    const now = this.#runtime.steadyNow();
    for (const [place, tryNow] of this.#waiting) if (place.untilMs <= now) this.#try(place, tryNow);
    let soonestMs = Infinity;
    for (const { untilMs } of this.#waiting.keys()) soonestMs = Math.min(soonestMs, untilMs);
    this.#armTimer(soonestMs);
  }
}
