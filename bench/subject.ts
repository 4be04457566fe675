import { setImmediate } from 'node:timers/promises';

const callsPerTurn = 100;
let loaded = 0;

/** One thing that is measured beside others. */
export interface Subject {
  readonly name: string;
  readonly call: () => unknown;
  /** How many calls, chunks or errors one `call` stands for. @default 1 */
  readonly times?: number;
}

/**
 * The subject with a turn of the event loop after every hundredth call.
 *
 * What waits for a turn gets its part: a store, and Node's list of rejected promises, which would keep every error alive.
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

/** Calls a subject so many times, one after the other. */
export type Loop = (count: number) => Promise<void>;

/** A subject's own copy of the loop. */
export async function loadLoop({ call }: Subject): Promise<Loop> {
  const address = new URL(`./repeat.js?copy=${loaded++}`, import.meta.url).href;
  const { repeat } = (await import(address)) as typeof import('./repeat.ts');
  return (count) => repeat(call, count);
}
