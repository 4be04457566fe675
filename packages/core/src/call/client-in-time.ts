import { abortable } from '../base/abortable.ts';
import type { PooledKey } from '../state/pooled-key.ts';
import { deadlineExceeded } from './exhaustion-errors.ts';
import type { RunningCall } from './running-call.ts';

/** The key's client; one that is still being made is waited for, but not beyond the caller's abort or the deadline. */
export async function clientInTime(call: RunningCall, key: PooledKey): Promise<unknown> {
  const { pool, settings } = call.plan;
  const client = pool.clients.get(key);
  if (!(client instanceof Promise)) return client;
  const timeouts = call.timeouts?.startWaiting();
  try {
    return await abortable(client, timeouts?.signal ?? settings.signal);
  } catch (error) {
    throw timeouts?.exceeded ? deadlineExceeded(call) : error;
  } finally {
    timeouts?.end();
  }
}
