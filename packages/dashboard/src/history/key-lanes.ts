import { keyStates, stateLetters, type KeyUiState, type LaneView } from '../protocol/key-row.ts';
import type { AttemptCounts } from './pool-series.ts';
import { StepRing } from './step-ring.ts';

const minuteMs = 60_000;
const minutes = 60;
const mostInMinute = 0xffff;
/** By code: unknown, then from the best to the worst state. */
const letters = ['-', ...keyStates.toReversed().map((state) => stateLetters[state])];

/** The code of a state in lanes: a worse state has a higher one; 0 means unknown. */
export function codeOf(state: KeyUiState): number {
  return keyStates.length - keyStates.indexOf(state);
}

/** The lists of all keys, one after the other: the cell of a key in a minute is at `place * keys + index`. */
interface Cells {
  readonly states: Uint8Array;
  readonly attempts: Uint16Array;
  readonly failed: Uint16Array;
}

/** The attempts of all keys in the 60 minutes up to one. */
interface Sums {
  readonly minute: number;
  readonly attempts: Uint32Array;
  readonly failed: Uint32Array;
}

/** The worst state, the attempts and the failures of each key of a pool in each of the last 60 minutes. Keys are identified by their index. */
export class KeyLanes {
  readonly #ring = new StepRing(minuteMs, minutes, (place) => this.#clear(place));
  #keys = 0;
  #cells: Cells = cellsFor(0);
  /** The place of the minute that attempts are added to. */
  #place = 0;
  /** As of the last change. */
  #sums: Sums | undefined;

  /** Takes a new list of keys: `from` has the index in the old list for each key, or -1. */
  replaceKeys(from: Int32Array): void {
    const [before, keysBefore] = [this.#cells, this.#keys];
    this.#cells = cellsFor(from.length);
    this.#keys = from.length;
    this.#sums = undefined;
    for (const name of ['states', 'attempts', 'failed'] as const) {
      for (let place = 0; place < minutes; place++) {
        copyRow(before[name], place * keysBefore, this.#cells[name], place * from.length, from);
      }
    }
  }

  /** Moves on to the minute of this time, in which attempts are counted from now on. `codes` has the states of all keys now. */
  moveTo(nowMs: number, codes: Uint8Array): void {
    this.#place = this.#ring.open(this.#ring.stepOf(nowMs));
    for (let index = 0; index < this.#keys; index++) this.#see(this.#place, index, codes[index] ?? 0);
  }

  /** Notes a state that may be over before the next sample. */
  mark(index: number, code: number, nowMs: number): void {
    this.#see(this.#ring.open(this.#ring.stepOf(nowMs)), index, code);
  }

  /** Adds attempts that have ended since the last sample. */
  count(index: number, attempts: number, failed: number): void {
    const at = this.#place * this.#keys + index;
    const cells = this.#cells;
    cells.attempts[at] = Math.min((cells.attempts[at] ?? 0) + attempts, mostInMinute);
    cells.failed[at] = Math.min((cells.failed[at] ?? 0) + failed, mostInMinute);
    this.#sums = undefined;
  }

  /** The attempts of a key in these 60 minutes. */
  sum(index: number, nowMs: number): AttemptCounts {
    const { attempts, failed } = this.#sumsAt(this.#ring.stepOf(nowMs));
    return { attempts: attempts[index] ?? 0, failed: failed[index] ?? 0 };
  }

  view(index: number, nowMs: number): LaneView {
    const minute = this.#ring.stepOf(nowMs);
    let [states, failures] = ['', ''];
    for (const place of this.#placesUntil(minute)) {
      const at = place === undefined ? -1 : place * this.#keys + index;
      states += letters[this.#cells.states[at] ?? 0] ?? '-';
      failures += shareOf(this.#cells.attempts[at] ?? 0, this.#cells.failed[at] ?? 0);
    }
    return { minute, states, failures };
  }

  /** Adds up minute by minute, because pages sort thousands of keys by their sums. */
  #sumsAt(minute: number): Sums {
    if (this.#sums?.minute === minute) return this.#sums;
    const keys = this.#keys;
    const [attempts, failed] = [new Uint32Array(keys), new Uint32Array(keys)];
    for (const place of this.#placesUntil(minute)) {
      if (place === undefined) continue;
      for (let index = 0; index < keys; index++) {
        attempts[index] = (attempts[index] ?? 0) + (this.#cells.attempts[place * keys + index] ?? 0);
        failed[index] = (failed[index] ?? 0) + (this.#cells.failed[place * keys + index] ?? 0);
      }
    }
    return (this.#sums = { minute, attempts, failed });
  }

  /** The places of the 60 minutes up to this one; `undefined` for minutes that are not kept. */
  #placesUntil(last: number): readonly (number | undefined)[] {
    return Array.from({ length: minutes }, (_, index) => this.#ring.find(last - minutes + 1 + index));
  }

  #see(place: number, index: number, code: number): void {
    const at = place * this.#keys + index;
    const { states } = this.#cells;
    if (code > (states[at] ?? 0)) states[at] = code;
  }

  #clear(place: number): void {
    const [start, end] = [place * this.#keys, (place + 1) * this.#keys];
    for (const cells of Object.values(this.#cells) as Uint8Array[]) cells.fill(0, start, end);
    this.#sums = undefined;
  }
}

function cellsFor(keys: number): Cells {
  const size = keys * minutes;
  return { states: new Uint8Array(size), attempts: new Uint16Array(size), failed: new Uint16Array(size) };
}

function copyRow(
  source: Uint8Array | Uint16Array,
  sourceStart: number,
  target: Uint8Array | Uint16Array,
  targetStart: number,
  from: Int32Array,
): void {
  for (const [index, before] of from.entries()) {
    if (before >= 0) target[targetStart + index] = source[sourceStart + before] ?? 0;
  }
}

/** The letter for the share of failed attempts. */
function shareOf(attempts: number, failed: number): string {
  if (attempts === 0) return '.';
  return failed >= attempts ? 'X' : String(Math.floor((failed / attempts) * 10));
}
