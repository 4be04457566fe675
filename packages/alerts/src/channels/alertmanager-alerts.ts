import type { Alert } from '../model/alert.ts';
import type { Notification } from '../model/notification.ts';
import { describeNotification } from '../texts/describe-notification.ts';
import { plainText } from '../texts/plain-text.ts';

const testLengthMs = 300_000;
const longestSilenceMs = 172_800_000;

/** Returns the alerts of a notification as Alertmanager's API takes them. */
export function alertmanagerAlerts(notification: Notification): object[] {
  const { kind, provider, alerts, atMs } = notification;
  if (kind !== 'test') return alerts.map((alert) => alertmanagerAlert(alert, notification));
  const labels = { alertname: 'test', provider, severity: 'info' };
  return [{ labels, ...textsOf(notification), startsAt: isoTime(atMs), endsAt: isoTime(atMs + testLengthMs) }];
}

function alertmanagerAlert(alert: Alert, notification: Notification): object {
  const { rule, provider, pool, severity, keys, startsAtMs } = alert;
  const [key, ...others] = keys;
  return {
    labels: {
      alertname: rule,
      provider,
      pool,
      severity,
      // The alerts about two refused keys differ in nothing else.
      ...(rule === 'key.invalid' && key && others.length === 0 ? { key: key.label } : {}),
    },
    ...textsOf({ ...notification, kind: 'alert', alerts: [alert] }),
    startsAt: isoTime(startsAtMs),
    endsAt: isoTime(alert.endsAtMs ?? lastsUntilMs(alert, notification)),
  };
}

/**
 * Without an end, Alertmanager resolves an alert after five minutes of silence. The pauses between reminders are longer, and double:
 * each is shorter than the age of the alert and the first pause together.
 */
function lastsUntilMs({ startsAtMs }: Alert, { atMs }: Notification): number {
  return atMs + (atMs - startsAtMs) + longestSilenceMs;
}

function textsOf(notification: Notification): object {
  const { title, link } = describeNotification(notification);
  const annotations = { summary: title, description: plainText(notification) };
  return { annotations, ...(link === undefined ? {} : { generatorURL: link }) };
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
