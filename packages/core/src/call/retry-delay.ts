import type { Runtime } from '../base/runtime.ts';
import type { ErrorVerdict } from '../base/verdict.ts';
import type { FallbackSettings } from './fallback-settings.ts';

function backoffMs(failed: number, { delay, maxDelay, backoff }: FallbackSettings, runtime: Runtime): number {
  if (backoff === 'fixed') return delay;
  return runtime.random() * Math.min(maxDelay, delay * 2 ** Math.min(failed - 1, 31));
}

/** The pause in ms before the same key is tried again, after `failed` failed attempts on it; `undefined` for the next key. */
export function retryDelayMs(
  verdict: ErrorVerdict,
  failed: number,
  settings: FallbackSettings,
  runtime: Runtime,
): number | undefined {
  if (failed >= settings.maxRetries) return undefined;
  const pauseMs = backoffMs(failed, settings, runtime);
  switch (verdict.kind) {
    case 'transient': {
      // An earlier retry would fail again; for a much later one another key is better.
      const statedMs = verdict.retryAfterMs ?? 0;
      return statedMs <= Math.max(pauseMs, settings.maxDelay) ? Math.max(pauseMs, statedMs) : undefined;
    }
    case 'rate-limited': {
      const statedMs = verdict.retryAfterMs ?? pauseMs;
      return statedMs <= pauseMs ? statedMs : undefined;
    }
    default:
      return undefined;
  }
}
