import type { Ask } from './model-provider.ts';

/** Asks, and gives up after `timeoutMs`, where there is a limit. */
export async function askInTime(ask: Ask, key: string, timeoutMs: number | undefined): Promise<void> {
  if (timeoutMs === undefined) return ask(key);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error('The time limit is over')), timeoutMs);
  try {
    await ask(key, controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
