import type { FullRuntime } from '../base/runtime.ts';
import type { EventHub } from '../events/event-hub.ts';
import type { EventOrigin, KeyManagerEvents } from '../events/events.ts';
import type { Amounts, Draw } from '../limits/draw.ts';
import type { PoolLimits } from '../limits/pool-limits.ts';
import type { PooledKey } from '../state/pooled-key.ts';

/** The part of a pool that emits events about limits. */
export interface LimitedPool {
  readonly origin: EventOrigin;
  readonly events: EventHub;
}

/** A limit by which a key has no room. */
interface FullLimit extends Pick<KeyManagerEvents['key.limited'], 'source' | 'untilMs'> {
  readonly name: string;
  readonly bucket?: string | undefined;
  readonly group?: string | undefined;
}

/** Emits that a key has no room left by a limit. */
export function emitLimited({ origin, events }: LimitedPool, key: PooledKey, full: FullLimit): void {
  const { name, source, untilMs, bucket, group } = full;
  events.emit('key.limited', () => ({
    ...origin,
    key: key.ref,
    limit: name,
    source,
    untilMs: Math.round(untilMs),
    ...(bucket === undefined ? {} : { bucket }),
    ...(group === undefined ? {} : { group }),
  }));
}

/** Emits that a key has no room left for such an attempt if these amounts, by default its own, have taken the last. */
export function emitIfFull(
  pool: LimitedPool & { readonly limits: PoolLimits; readonly runtime: FullRuntime },
  key: PooledKey,
  draw: Draw,
  taken: Amounts = draw,
): void {
  for (const full of pool.limits.lastTaken(key, draw, taken)) {
    emitLimited(pool, key, { ...full, untilMs: pool.runtime.now() + full.roomInMs });
  }
}
