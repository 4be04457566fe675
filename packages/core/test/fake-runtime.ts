import type { Runtime } from '@api-key-fallback/core';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** Lets everything run that waits for nothing but other promises. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Where a promise stands once everything that can run has run. */
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
 * A clock at 0 that records every pause.
 *
 * Pauses pass at once and move the clock, unless the clock is `stepped`: then they last until `advance()` passes them.
 */
export class FakeRuntime implements Runtime {
  readonly sleeps: number[] = [];
  /** What `random()` gives. */
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

  /** Fires when the clock has passed it, in both variants. */
  readonly timer = (ms: number, fire: () => void): (() => void) => {
    const sleeper = { dueMs: this.#time + ms, wake: fire };
    this.#sleepers.add(sleeper);
    return () => void this.#sleepers.delete(sleeper);
  };

  /** The number of pauses and timers that last. */
  get asleep(): number {
    return this.#sleepers.size;
  }

  /** A pause that is not recorded: the time that an attempt takes. */
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

  /** Moves the clock to a moment without waking anybody. */
  set(time: number): void {
    this.#time = time;
  }

  /** Moves the clock on, waking each sleeper at its moment. */
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
