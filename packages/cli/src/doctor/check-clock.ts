import type { ApiKeyManager } from '@api-key-fallback/core';
import type { DoctorTexts } from '../texts/english/doctor.ts';
import type { Finding } from './finding.ts';

/** `Date` has whole seconds, and an answer takes a while. */
const toleratedMs = 30_000;
const timeout = 5000;

/** Compares the clock with the `Date` of a provider's answer, with one cheap request of the first provider that answers. */
export async function checkClock(
  managers: readonly ApiKeyManager[],
  texts: DoctorTexts,
  signal?: AbortSignal,
): Promise<Finding> {
  for (const manager of managers) {
    const aheadMs = await clockAhead(manager, signal);
    if (aheadMs === undefined) continue;
    const { displayName } = manager.status();
    if (Math.abs(aheadMs) <= toleratedMs) return { check: 'clock', level: 'fine', ...texts.clockFine(displayName) };
    return { check: 'clock', level: 'warning', ...texts.clockOff(Math.round(aheadMs / 1000), displayName) };
  }
  return { check: 'clock', level: 'fine', ...texts.clockUnknown };
}

/** How far the clock is ahead of the provider's; `undefined` without an answer that states a date. */
async function clockAhead(manager: ApiKeyManager, signal: AbortSignal | undefined): Promise<number | undefined> {
  const [key] = manager.status().keys;
  if (!key) return undefined;
  let aheadMs: number | undefined;
  const fetchWithDate: typeof fetch = async (...args) => {
    const sentAtMs = Date.now();
    const response = await fetch(...args);
    const statedMs = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(statedMs)) aheadMs = (sentAtMs + Date.now()) / 2 - statedMs;
    return response;
  };
  await manager.checkKeys({
    keys: [key],
    apply: false,
    timeout,
    fetch: fetchWithDate,
    ...(signal === undefined ? {} : { signal }),
  });
  return aheadMs;
}
