import { fakeKeys } from './bench-manager.ts';

const keys = fakeKeys(4);

/** A hand-written alternative to a library: tries each key three times in a loop. */
export async function tryCatchLoop<T>(call: (key: string) => Promise<T>): Promise<T> {
  let last: unknown;
  for (const key of keys) {
    for (let attempt = 1; attempt <= 3; attempt++) {
      try {
        return await call(key);
      } catch (error) {
        last = error;
      }
    }
  }
  throw last;
}
