import { askInTime } from '../ask-in-time.ts';
import { pause } from '../pause.ts';
import type { Scheme } from '../scheme.ts';

/** The loop of the guide: each key a few times with a pause, then the next; what has failed is forgotten when all have. */
export const guideLoop: Scheme = {
  name: 'loop of the guide',
  start({ keys, maxRetries, delayMs, timeoutMs }) {
    const failed = new Set<string>();
    let index = 0;
    return async (ask) => {
      let last: unknown;
      for (let round = 0; round < keys.length; round++) {
        const key = keys[index] ?? '';
        for (let attempt = 1; attempt <= maxRetries; attempt++) {
          try {
            return await askInTime(ask, key, timeoutMs);
          } catch (error) {
            last = error;
          }
          if (attempt < maxRetries) await pause(delayMs);
        }
        failed.add(key);
        index = keys.findIndex((candidate) => !failed.has(candidate));
        if (index >= 0) continue;
        failed.clear();
        index = 0;
        break;
      }
      throw last;
    };
  },
};
