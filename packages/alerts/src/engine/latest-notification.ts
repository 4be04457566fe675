import type { Notification } from '../model/notification.ts';
import { worstOf } from '../model/severity.ts';
import { byImportance } from './notification-of.ts';
import type { TrackedAlert } from './tracked-alert.ts';

/** Returns a notification with what still fires of its alerts; `undefined` if nothing does, or if another one is about to say it. */
export function latestNotification(
  sent: Notification,
  tracked: readonly TrackedAlert[],
  atMs: number,
): Notification | undefined {
  const said = new Set(sent.alerts.map(({ fingerprint }) => fingerprint));
  const alerts = tracked
    .filter(({ isFiring, isSent, alert }) => isFiring && isSent && said.has(alert.fingerprint))
    .map(({ alert }) => alert)
    .toSorted(byImportance);
  if (alerts.length === 0) return undefined;
  const { alertCount: _, ...rest } = sent;
  return { ...rest, severity: worstOf(alerts.map(({ severity }) => severity)), alerts, atMs };
}
