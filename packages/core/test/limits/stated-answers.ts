import { currentAttempt } from '@api-key-fallback/core';
import { readHeader, type ProviderAdapter, type RateLimit } from '@api-key-fallback/core/adapter';
import { ok, scriptKeys, takes, type Outcome, type Script, type ScriptedKeys } from '../scripted-keys.ts';

type Limit = Partial<RateLimit> & { readonly resetMs?: number; readonly roomMs?: number };

/** Shows the attempt a response that states these limits. Times are in ms from then. */
export function observeLimits(...limits: readonly Limit[]): void {
  currentAttempt().observe({ headers: { 'x-limits': JSON.stringify(limits) } });
}

/** Succeeds with a response that states these limits. */
export function states(...limits: readonly Limit[]): Outcome {
  return (key) => {
    observeLimits(...limits);
    return key;
  };
}

const readLimits: NonNullable<ProviderAdapter['readLimits']> = (headers, { now }) => {
  const limits = JSON.parse(readHeader(headers, 'x-limits') ?? '[]') as Limit[];
  return limits.map(({ resetMs, roomMs, remaining = 0, ...limit }) => ({
    name: 'requests',
    ...limit,
    // JSON has no NaN.
    remaining: remaining ?? Number.NaN,
    ...(resetMs === undefined ? {} : { resetsAtMs: now + resetMs }),
    ...(roomMs === undefined ? {} : { roomAtMs: now + roomMs }),
  }));
};

/** Keys whose responses can state limits. */
export function statedKeys(script: Script, options: Parameters<typeof scriptKeys>[1] = {}): ScriptedKeys {
  return scriptKeys(script, { ...options, adapter: { readLimits, ...options.adapter } });
}

/** Succeeds after 100 ms. */
export const slow: Outcome = takes(100, ok);
