import type { Notification } from './notification.ts';

/** How a channel has taken a test. */
export interface TestResult {
  readonly channel: string;
  readonly isDelivered: boolean;
  /** Why it was not delivered, as one redacted line; absent if it was. */
  readonly error?: string;
}

/** Takes notifications to the channels. None of its methods throws or rejects. */
export interface Deliverer {
  /** The names of the channels. */
  readonly names: readonly string[];
  /** Resolves when each channel has sent it, has dropped it, or does not want it. */
  deliver(notification: Notification): Promise<void>;
  /** Tries all channels, or the one of this name, once, whatever their `minSeverity`. */
  test(notification: Notification, channelName?: string): Promise<readonly TestResult[]>;
  /** Resolves when nothing waits to be sent, or after `ms` milliseconds. */
  flush(ms: number): Promise<void>;
  /** Drops what waits to be sent, and ends all timers. */
  close(): void;
}
