import type { KeyStateStore, Runtime } from '@api-key-fallback/core';
import type { Lease } from '@api-key-fallback/core/store';

/** So many times faster than real time, so that a lease of a minute ends after 6 s. */
const speed = 10;

/** A clock that runs faster since `startMs`, which is the same in all processes. */
export function fastRuntime(startMs: number): Partial<Runtime> {
  return {
    now: () => startMs + (Date.now() - startMs) * speed,
    timer(ms, fire, isInBackground = false) {
      const timer = setTimeout(fire, ms / speed);
      if (isInBackground) timer.unref();
      return () => clearTimeout(timer);
    },
  };
}

/** The same store for users with a fast clock: its leases end sooner. */
export function fastStore(store: Required<KeyStateStore>): KeyStateStore {
  async function lease(pool: string, name: string, ttlMs: number): Promise<Lease | null> {
    const taken = await store.lease(pool, name, ttlMs / speed);
    if (!taken) return null;
    return {
      renew: async (renewedMs, note) => (await taken.renew?.(renewedMs / speed, note)) === true,
      release: () => taken.release(),
    };
  }
  return {
    kind: store.kind,
    sync: (request, signal) => store.sync(request, signal),
    subscribe: (pool, on) => store.subscribe(pool, on),
    lease,
    readNote: (pool, name) => store.readNote(pool, name),
    close: () => store.close(),
  };
}
