import { askInTime } from '../ask-in-time.ts';
import type { Scheme } from '../scheme.ts';

/** The next key at each request, each key once a call, without a pause and without a memory. */
export const plainRotation: Scheme = {
  name: 'plain rotation',
  start({ keys, timeoutMs }) {
    let next = 0;
    return async (ask) => {
      let last: unknown;
      for (let attempt = 1; attempt <= keys.length; attempt++) {
        try {
          return await askInTime(ask, keys[next++ % keys.length] ?? '', timeoutMs);
        } catch (error) {
          last = error;
        }
      }
      throw last;
    };
  },
};
