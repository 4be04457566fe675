import type { Severity } from './alert.ts';
import type { Notification } from './notification.ts';

/** What a channel gets besides the notification. */
export interface SendContext {
  /** Aborts after 15 s, and when the watch is closed or the channel stops. */
  readonly signal: AbortSignal;
}

/** Delivers notifications to people or programs. */
export interface Channel {
  /** Its name in log lines and results of tests, for example `slack`. Never a URL: those are secrets. */
  readonly name: string;
  /** Notifications that matter less are not sent through it. @default 'info' */
  readonly minSeverity?: Severity;
  /** Sends one notification. Throws a `DeliveryError` to say how to go on; after any other error it is tried again. */
  send(notification: Notification, context: SendContext): Promise<void>;
}

/** A channel that is a function. */
export type ChannelFunction = (notification: Notification, context: SendContext) => unknown;
