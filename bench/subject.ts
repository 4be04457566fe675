import { setImmediate } from 'node:timers/promises';

const callsPerTurn = 100;
let loaded = 0;

/** A function to measure. */
export interface Subject {
  readonly name: string;
  readonly call: () => unknown;
  /** How many calls, chunks or errors one `call` makes. @default 1 */
  readonly times?: number;
}

/**
 * Adds a turn of the event loop after every hundredth call.
 *
 * This lets background work run: a store, and Node's list of rejected promises, which would keep every error alive.
 */
export function inTurns({ name, call, times = 1 }: Subject): Subject {
  return {
    name,
    times: times * callsPerTurn,
    call: async () => {
      for (let index = 0; index < callsPerTurn; index++) await call();
      await setImmediate();
    },
  };
}

/** Calls a subject `count` times in sequence. */
export type Loop = (count: number) => Promise<void>;

/** Loads a copy of the loop for one subject. */
export async function loadLoop({ call }: Subject): Promise<Loop> {
  const address = new URL(`./repeat.js?copy=${loaded++}`, import.meta.url).href;
  const { repeat } = (await import(address)) as typeof import('./repeat.ts');
  return (count) => repeat(call, count);
}
