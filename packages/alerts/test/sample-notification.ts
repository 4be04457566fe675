import type { Alert, AlertKey, Notification } from '@api-key-fallback/alerts';

/** Monday, 30 November 2026, 03:24 UTC. */
export const atMs: number = Date.UTC(2026, 10, 30, 3, 24);
const minuteMs = 60_000;

/** A key that the provider refuses. */
export function refusedKey(label: string, changes: Partial<AlertKey> = {}): AlertKey {
  return {
    keyId: `id of ${label}`,
    label,
    masked: 'sk-…ab12',
    state: 'disabled',
    reason: 'invalid-key',
    lastError: 'Incorrect API key provided: [redacted]',
    ...changes,
  };
}

/** A key whose quota is used up until 08:00 UTC. */
export function usedUpKey(label: string): AlertKey {
  return {
    keyId: `id of ${label}`,
    label,
    masked: 'sk-…cd34',
    state: 'cooling',
    reason: 'quota-exhausted',
    availableAtMs: Date.UTC(2026, 10, 30, 8),
  };
}

/** An alert that has fired for 12 minutes: no key of two is left. */
export function sampleAlert(changes: Partial<Alert> = {}): Alert {
  return {
    fingerprint: `${changes.rule ?? 'provider.exhausted'}/openai/default`,
    rule: 'provider.exhausted',
    severity: 'critical',
    provider: 'openai',
    pool: 'default',
    displayName: 'OpenAI',
    state: 'firing',
    startsAtMs: atMs - 12 * minuteMs,
    keys: [refusedKey('OPENAI_API_KEY'), usedUpKey('OPENAI_API_KEY_2')],
    usable: 0,
    total: 2,
    backAtMs: Date.UTC(2026, 10, 30, 8),
    ...changes,
  };
}

/** The same alert 42 minutes after it began, and over. */
export function resolvedAlert(changes: Partial<Alert> = {}): Alert {
  const startsAtMs = atMs - 42 * minuteMs;
  return sampleAlert({ state: 'resolved', startsAtMs, endsAtMs: atMs, keys: [], usable: 2, ...changes });
}

/** A notification of one alert, in English and in UTC. */
export function sampleNotification(changes: Partial<Notification> = {}): Notification {
  return {
    id: '5a4c1d0e-8a7c-4e0e-9d1f-3c9d5b1d2f4a',
    kind: 'alert',
    provider: 'openai',
    displayName: 'OpenAI',
    severity: 'critical',
    alerts: [sampleAlert()],
    atMs,
    locale: 'en',
    timeZone: 'UTC',
    dashboardUrl: 'https://keys.example/dashboard',
    ...changes,
  };
}
