import type { FallbackOptions, KeyManagerOptions } from '@api-key-fallback/core';
import { ok, scriptKeys, type ScriptedKeys } from '../scripted-keys.ts';

/** Keys that always work, with limits. */
export function limited(
  limits: KeyManagerOptions['limits'],
  keys: readonly string[] = ['K1', 'K2'],
  options: KeyManagerOptions = {},
): ScriptedKeys {
  const script = Object.fromEntries(keys.map((key) => [key, [ok] as const]));
  return scriptKeys(script, { ...(limits ? { limits } : {}), ...options });
}

/** Makes calls one after the other. */
export async function callTimes(keys: ScriptedKeys, times: number, options: FallbackOptions = {}): Promise<void> {
  for (let call = 0; call < times; call++) await keys.call(options);
}

/** The error of a call. */
export function rejection(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => error);
}
