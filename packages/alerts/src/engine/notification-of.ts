import { randomUUID } from 'node:crypto';
import type { Alert } from '../model/alert.ts';
import type { Notification } from '../model/notification.ts';
import { severities } from '../model/severity.ts';

/** What all notifications say. */
export interface NotificationOptions {
  readonly locale: Notification['locale'];
  readonly timeZone?: string;
  readonly dashboardUrl?: string;
}

/** No message and no note carries more. */
export const mostAlerts = 100;

/** Makes a notification with the alerts in their order. */
export function notificationOf(
  what: Pick<Notification, 'kind' | 'provider' | 'displayName' | 'severity' | 'atMs' | 'count'>,
  alerts: readonly Alert[],
  { locale, timeZone, dashboardUrl }: NotificationOptions,
): Notification {
  return {
    id: randomUUID(),
    ...what,
    alerts: alerts.toSorted(byImportance).slice(0, mostAlerts),
    ...(alerts.length > mostAlerts ? { alertCount: alerts.length } : {}),
    locale,
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(dashboardUrl === undefined ? {} : { dashboardUrl }),
  };
}

/** Those that fire first, then the worst, then the oldest. */
export function byImportance(a: Alert, b: Alert): number {
  return rankOf(a) - rankOf(b) || a.startsAtMs - b.startsAtMs;
}

function rankOf({ state, severity }: Alert): number {
  return severities.indexOf(severity) + (state === 'firing' ? 0 : severities.length);
}
