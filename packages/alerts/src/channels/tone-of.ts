import type { Severity } from '../model/alert.ts';
import type { Notification } from '../model/notification.ts';

/** The colour of a notification: of its severity, or green when it is over. */
export type Tone = Severity | 'good';

export function toneOf({ kind, severity }: Notification): Tone {
  return kind === 'resolved' ? 'good' : severity;
}
