import type { Draw } from '../limits/limit-options.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { KeyPool } from './key-pool.ts';

/** Emits that a key has no room left for such an attempt by a configured limit. */
export function emitLimited(pool: KeyPool, key: PooledKey, draw: Draw): void {
  const roomInMs = pool.limits.roomInMs(key, draw, pool.clock.now());
  const limit = roomInMs === 0 ? undefined : pool.limits.fullest(key, draw);
  // Running attempts end all the time.
  if (limit === undefined || limit === 'concurrency') return;
  const untilMs = Math.round(pool.runtime.now() + roomInMs);
  pool.events.emit('key.limited', () => ({ ...pool.origin, key: key.ref, limit, untilMs }));
}
