import { askInTime } from '../ask-in-time.ts';
import type { Scheme } from '../scheme.ts';

const restMs = 5000;

/** A random key for each request; one that fails rests 5 s. */
export const randomKey: Scheme = {
  name: 'random key, rests 5 s',
  start({ keys, timeoutMs }) {
    const restsUntilMs = new Map<string, number>();
    return async (ask) => {
      let last: unknown = new Error('Every key rests');
      for (let attempt = 1; attempt <= keys.length; attempt++) {
        const free = keys.filter((key) => (restsUntilMs.get(key) ?? 0) <= Date.now());
        const key = free[Math.floor(free.length * Math.random())];
        if (key === undefined) break;
        try {
          return await askInTime(ask, key, timeoutMs);
        } catch (error) {
          last = error;
        }
        restsUntilMs.set(key, Date.now() + restMs);
      }
      throw last;
    };
  },
};
