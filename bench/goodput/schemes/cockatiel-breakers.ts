import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleAll } from 'cockatiel';
import { askInTime } from '../ask-in-time.ts';
import { pause } from '../pause.ts';
import type { Scheme } from '../scheme.ts';

/** A breaker of cockatiel per key, and the next key at each try; a key whose breaker is open is passed over. */
export const cockatielBreakers: Scheme = {
  name: 'cockatiel, a breaker per key',
  start({ keys, maxRetries, delayMs, timeoutMs }) {
    const guarded = keys.map((key) => ({
      key,
      breaker: circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(3) }),
    }));
    let next = 0;
    return async (ask) => {
      let last: unknown;
      for (let attempt = 1; attempt <= keys.length * maxRetries; attempt++) {
        const { key = '', breaker } = guarded[next++ % keys.length] ?? {};
        try {
          return await breaker?.execute(() => askInTime(ask, key, timeoutMs));
        } catch (error) {
          last = error;
        }
        if (!(last instanceof BrokenCircuitError)) await pause(delayMs);
      }
      throw last;
    };
  },
};
