import type { FallbackOptions } from '@api-key-fallback/core';
import type { ScriptedKeys } from './scripted-keys.ts';

/** How the calls of a test ended. */
export interface Ends {
  readonly served: number;
  readonly errors: unknown[];
}

/** Makes calls at once. */
export async function startMany(keys: ScriptedKeys, count: number, options: FallbackOptions = {}): Promise<Ends> {
  return endsOf(Array.from({ length: count }, () => keys.call(options)));
}

/** Makes calls at once, or one each `everyMs`, on keys with a stepped clock, and lets `ms` pass for the last one. */
export async function callMany(
  keys: ScriptedKeys,
  count: number,
  options: FallbackOptions = {},
  { everyMs = 0, ms = 3_600_000 }: { readonly everyMs?: number; readonly ms?: number } = {},
): Promise<Ends> {
  const calls: Promise<unknown>[] = [];
  for (let made = 0; made < count; made++) {
    const call = keys.call(options);
    call.catch(() => {});
    calls.push(call);
    if (everyMs > 0) await keys.runtime.advance(everyMs);
  }
  await keys.runtime.advance(ms);
  return endsOf(calls);
}

async function endsOf(calls: readonly Promise<unknown>[]): Promise<Ends> {
  const ends = await Promise.allSettled(calls);
  const errors = ends.filter((end) => end.status === 'rejected').map((end): unknown => end.reason);
  return { served: ends.length - errors.length, errors };
}
