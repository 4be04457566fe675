import pRetry from 'p-retry';
import { askInTime } from '../ask-in-time.ts';
import type { Scheme, Setting } from '../scheme.ts';

/** As many tries as the others have in all. */
function optionsOf({ keys, maxRetries, delayMs }: Setting): { retries: number; minTimeout: number; factor: number } {
  return { retries: keys.length * maxRetries - 1, minTimeout: delayMs, factor: 1 };
}

/** p-retry with the next key at each try; all calls share the turn. */
export const pRetryNextKey: Scheme = {
  name: 'p-retry, next key at each try',
  start(setting) {
    const { keys, timeoutMs } = setting;
    const options = optionsOf(setting);
    let next = 0;
    return (ask) => pRetry(() => askInTime(ask, keys[next++ % keys.length] ?? '', timeoutMs), options);
  },
};

/** p-retry with the next key at each try; each call begins with the first key. */
export const pRetryFromTheFirst: Scheme = {
  name: 'p-retry',
  start(setting) {
    const { keys, timeoutMs } = setting;
    const options = optionsOf(setting);
    return (ask) => {
      let next = 0;
      return pRetry(() => askInTime(ask, keys[next++ % keys.length] ?? '', timeoutMs), options);
    };
  },
};
