import { abortable } from '../base/abortable.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import type { RunningCall } from './running-call.ts';

/**
 * Waits for the key's client until the caller aborts or the deadline passes. Resolves to `undefined` if the key became unusable
 * during the wait.
 */
export async function clientInTime(call: RunningCall, key: PooledKey): Promise<unknown> {
  const { pool } = call.plan;
  call.claims.reserve(key, call.draw);
  const client = await call.wait.whileOpen((signal) => abortable(pool.clients.get(key), signal));
  return pool.isUsable(key, call.claims.drawOn(key, call.draw)) ? client : undefined;
}
