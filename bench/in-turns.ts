import { setImmediate } from 'node:timers/promises';
import type { Subject } from './subject.ts';

const callsPerTurn = 100;

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
