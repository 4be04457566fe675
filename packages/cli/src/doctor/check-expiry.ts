import type { ApiKeyManager } from '@api-key-fallback/core';
import type { DoctorTexts } from '../texts/english/doctor.ts';
import type { Finding } from './finding.ts';

const soonMs = 24 * 60 * 60 * 1000;

/** Finds keys that have expired or expire within a day, as far as their source says so. */
export function checkExpiry(managers: readonly ApiKeyManager[], nowMs: number, texts: DoctorTexts): readonly Finding[] {
  return managers.flatMap((manager): readonly Finding[] => {
    const { displayName, source } = manager.status();
    if (source?.expiresAtMs === undefined) return [];
    const { expiresAtMs } = source;
    if (expiresAtMs <= nowMs) {
      return [{ check: 'expiry', level: 'error', ...texts.expired(displayName, source.name) }];
    }
    const at = new Date(expiresAtMs).toISOString();
    const level = expiresAtMs - nowMs < soonMs ? 'warning' : 'fine';
    return [{ check: 'expiry', level, ...texts.expires(displayName, source.name, at) }];
  });
}
