import { abortable } from '../base/abortable.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { RunningCall } from './running-call.ts';

/**
 * The key's client, made now or still being made, but waited for no longer than the call lasts. `undefined` when the key
 * was taken out meanwhile.
 */
export async function clientInTime(call: RunningCall, key: PooledKey): Promise<unknown> {
  const { pool, bucket } = call.plan;
  const client = await call.whileOpen((signal) => abortable(pool.clients.get(key), signal));
  return pool.isUsable(key, bucket) ? client : undefined;
}
