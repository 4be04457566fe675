import type { Alert, Severity } from './alert.ts';

/**
 * What a notification is about.
 *
 * - `alert`: an alert has begun, or alerts have changed.
 * - `reminder`: the alerts still fire.
 * - `resolved`: no alert of the provider fires any more.
 * - `summary`: more changed in an hour than is worth a message each.
 * - `digest`: what fires, once a day.
 * - `test`: `test()` was called.
 */
export type NotificationKind = 'alert' | 'reminder' | 'resolved' | 'summary' | 'digest' | 'test';

/** What goes out through the channels: all alerts of one provider at a time. */
export interface Notification {
  /** A UUID: the same in all tries and channels. */
  readonly id: string;
  readonly kind: NotificationKind;
  readonly provider: string;
  /** The provider's name for people, for example `OpenAI`. */
  readonly displayName: string;
  /** The worst of its alerts, also of those that are over: the channels that had the alert get its end. */
  readonly severity: Severity;
  /** Those that fire come first, the worst first; 100 at most. */
  readonly alerts: readonly Alert[];
  /** The number of alerts, if it is more than 100; absent otherwise. */
  readonly alertCount?: number;
  /** When it was made, in ms since the epoch. */
  readonly atMs: number;
  readonly locale: 'en' | 'pt-BR';
  /** The time zone of the times in texts, for example `America/Sao_Paulo`. @default that of the process */
  readonly timeZone?: string;
  readonly dashboardUrl?: string;
  /** The number of changes that a summary stands for; absent otherwise. */
  readonly count?: number;
}
