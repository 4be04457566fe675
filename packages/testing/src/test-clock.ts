import { MessageChannel } from 'node:worker_threads';
import type { Runtime } from '@api-key-fallback/core';

interface Alarm {
  readonly dueMs: number;
  readonly fire: () => void;
}

/** How long a pause waits for attempts of other calls to end, in turns of the event loop: a few ms. */
const mostTurns = 500;

/** Waits until all pending promise callbacks have run. Not with a timer, because the test may have replaced all of them. */
function nextTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.once('message', () => {
      port1.close();
      resolve();
    });
    port2.postMessage(undefined);
  });
}

/**
 * A clock that moves in two ways: `advance()`, and pauses, which end at once and move it by their length. Timers limit the time of
 * attempts, which take none on this clock, so that they fire in `advance()` only.
 */
export class TestClock implements Runtime {
  /** Whether attempts are running. */
  isBusy: () => boolean = () => false;
  readonly #pauses = new Set<Alarm>();
  readonly #timers = new Set<Alarm>();
  #areEnding = false;
  #time: number;

  constructor(startMs: number) {
    this.#time = startMs;
  }

  readonly now = (): number => this.#time;

  readonly random = (): number => 0.5;

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const abort = () => {
        this.#pauses.delete(pause);
        reject(signal?.reason as Error);
      };
      const fire = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const pause = { dueMs: this.#time + ms, fire };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      this.#pauses.add(pause);
      void this.#endPauses();
    });

  readonly timer = (ms: number, fire: () => void): (() => void) => {
    const timer = { dueMs: this.#time + ms, fire };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** Moves the clock, and fires each timer and ends each pause at its time. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#time + ms;
    await nextTurn();
    for (let next = this.#soonest(); next <= endMs; next = this.#soonest()) {
      this.#moveTo(next);
      this.#fire(this.#timers);
      this.#fire(this.#pauses);
      await nextTurn();
    }
    this.#moveTo(endMs);
  }

  /** Ends all pauses in the order of their ends. */
  async #endPauses(): Promise<void> {
    if (this.#areEnding) return;
    this.#areEnding = true;
    while (this.#pauses.size > 0) {
      await nextTurn();
      for (let turns = 1; turns < mostTurns && this.isBusy(); turns++) await nextTurn();
      if (this.#pauses.size > 0) this.#moveTo(soonestOf(this.#pauses));
      this.#fire(this.#pauses);
    }
    this.#areEnding = false;
  }

  #soonest(): number {
    return Math.min(soonestOf(this.#timers), soonestOf(this.#pauses));
  }

  #moveTo(timeMs: number): void {
    this.#time = Math.max(this.#time, timeMs);
  }

  #fire(alarms: Set<Alarm>): void {
    for (const alarm of alarms) {
      if (alarm.dueMs > this.#time) continue;
      alarms.delete(alarm);
      alarm.fire();
    }
  }
}

function soonestOf(alarms: ReadonlySet<Alarm>): number {
  return [...alarms].reduce((soonest, { dueMs }) => Math.min(soonest, dueMs), Infinity);
}
