import { firingSeverity } from '../model/firing-severity.ts';
import type { Notification } from '../model/notification.ts';
import { phrasesOf } from './phrases-of.ts';

/** Returns what a title begins with: how much what fires matters, or what the notification is. */
export function tagOf(notification: Notification): string {
  const { kind, alerts } = notification;
  const { severities, kinds } = phrasesOf(notification);
  if (kind === 'resolved' || kind === 'digest' || kind === 'test') return kinds[kind];
  const severity = firingSeverity(alerts);
  if (severity === undefined) return kinds.resolved;
  return kind === 'reminder' ? `${severities[severity]}, ${kinds.reminder}` : severities[severity];
}
