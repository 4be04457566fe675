import { EventEmitter, once } from 'node:events';
import type { Runtime } from '@api-key-fallback/core';

/** A timer that has been started and has not fired yet. */
interface PendingTimer {
  readonly ms: number;
  readonly dueMs: number;
  readonly isInBackground: boolean;
  readonly fire: () => void;
}

/** A clock that only `advance()` moves. Sockets stay real, so that what happens between two timers takes real time. */
export class DeliveryClock implements Runtime {
  /** What `random()` returns. */
  chance = 1;
  /** Emits `change` when a timer starts or is cancelled. */
  readonly changes: EventEmitter = new EventEmitter();
  readonly #timers = new Set<PendingTimer>();
  #time: number;

  constructor(startMs: number) {
    this.#time = startMs;
  }

  readonly now = (): number => this.#time;
  readonly random = (): number => this.chance;
  readonly sleep = (): Promise<void> => Promise.reject(new Error('A pause would keep the process alive.'));

  readonly timer = (ms: number, fire: () => void, isInBackground = false): (() => void) => {
    const timer = { ms, dueMs: this.#time + ms, isInBackground, fire };
    this.#timers.add(timer);
    this.changes.emit('change');
    return () => {
      this.#timers.delete(timer);
      this.changes.emit('change');
    };
  };

  /** The timers that run now. */
  get timers(): readonly PendingTimer[] {
    return [...this.#timers];
  }

  /** Resolves to the length of the next pause, a timer other than the limit of a try, as soon as it has begun. */
  async nextPause(): Promise<number> {
    for (;;) {
      const pause = this.timers.find(({ ms }) => ms !== 15_000);
      if (pause) return pause.ms;
      await once(this.changes, 'change');
    }
  }

  /** Moves the clock, and fires each timer at its time. */
  advance(ms: number): void {
    const endMs = this.#time + ms;
    for (;;) {
      const [next] = this.timers.toSorted((a, b) => a.dueMs - b.dueMs);
      if (!next || next.dueMs > endMs) break;
      this.#timers.delete(next);
      this.#time = next.dueMs;
      next.fire();
    }
    this.#time = endMs;
  }
}
