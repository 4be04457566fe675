import type { Notification } from '../model/notification.ts';
import { phrasesOf } from './phrases-of.ts';

/** Returns what a title begins with: how much a notification matters, or what it is. */
export function tagOf(notification: Notification): string {
  const { kind, severity } = notification;
  const { severities, kinds } = phrasesOf(notification);
  if (kind === 'alert' || kind === 'summary') return severities[severity];
  return kind === 'reminder' ? `${severities[severity]}, ${kinds.reminder}` : kinds[kind];
}
