import type { Runtime } from '@api-key-fallback/core';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** Waits until all pending promise callbacks have run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Returns the state of a promise after all pending promise callbacks have run. */
export async function outcomeNow(
  promise: Promise<unknown>,
): Promise<'pending' | { value: unknown } | { error: unknown }> {
  const settled = promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await settle();
  return Promise.race([settled, settle().then(() => 'pending' as const)]);
}

/**
 * A runtime whose clock starts at 0 and that records every `sleep`.
 *
 * A sleep resolves at once and moves the clock. With `stepped` it resolves when `advance()` reaches its end.
 */
export class FakeRuntime implements Runtime {
  readonly sleeps: number[] = [];
  /** The value that `random()` returns. */
  chance = 1;
  readonly #sleepers = new Set<Sleeper>();
  readonly #isStepped: boolean;
  #time = 0;

  constructor({ stepped = false }: { readonly stepped?: boolean } = {}) {
    this.#isStepped = stepped;
  }

  readonly now = (): number => this.#time;
  readonly random = (): number => this.chance;

  readonly sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    this.sleeps.push(ms);
    await this.pass(ms, signal);
  };

  /** Fires when the clock reaches its end, with and without `stepped`. */
  readonly timer = (ms: number, fire: () => void): (() => void) => {
    const sleeper = { dueMs: this.#time + ms, wake: fire };
    this.#sleepers.add(sleeper);
    return () => void this.#sleepers.delete(sleeper);
  };

  /** The number of pending sleeps and timers. */
  get asleep(): number {
    return this.#sleepers.size;
  }

  /** Sleeps without recording it: the duration of an attempt. */
  async pass(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!this.#isStepped) {
      this.#time += ms;
      for (const sleeper of this.#sleepers) if (sleeper.dueMs <= this.#time) this.#wake(sleeper);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const sleeper = { dueMs: this.#time + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener(
        'abort',
        () => {
          this.#sleepers.delete(sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  /** Sets the clock without firing timers. */
  set(time: number): void {
    this.#time = time;
  }

  /** Advances the clock and fires each sleep and timer at its time. */
  async advance(ms: number): Promise<void> {
    const end = this.#time + ms;
    await settle();
    for (let moment = this.#nextMoment(); moment <= end; moment = this.#nextMoment()) {
      this.#time = moment;
      for (const sleeper of this.#sleepers) if (sleeper.dueMs === moment) this.#wake(sleeper);
      await settle();
    }
    this.#time = end;
  }

  #nextMoment(): number {
    return [...this.#sleepers].reduce((soonest, { dueMs }) => Math.min(soonest, dueMs), Number.POSITIVE_INFINITY);
  }

  #wake(sleeper: Sleeper): void {
    this.#sleepers.delete(sleeper);
    sleeper.wake();
  }
}
