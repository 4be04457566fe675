import type { Severity } from '../model/alert.ts';
import { firingSeverity } from '../model/firing-severity.ts';
import type { Notification } from '../model/notification.ts';

/** The colour of a notification: of what fires, or green when it is over. */
export type Tone = Severity | 'good';

/** Returns the tone. Not that of the notification's severity, which routes it, also when the worst of it is over. */
export function toneOf({ kind, severity, alerts }: Notification): Tone {
  if (kind === 'resolved') return 'good';
  const nothing = kind === 'test' || kind === 'digest' ? severity : 'good';
  return firingSeverity(alerts) ?? nothing;
}
