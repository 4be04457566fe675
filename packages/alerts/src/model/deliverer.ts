import type { Notification } from './notification.ts';

/** How a channel has taken a test. */
export interface TestResult {
  readonly channel: string;
  readonly isDelivered: boolean;
  /** Why it was not delivered, as one redacted line; absent if it was. */
  readonly error?: string;
}

/** How a channel is doing. Contains no URL and no secret. */
export interface ChannelStatus {
  readonly channel: string;
  /** `failing`: what was sent last, or the last test, has not been delivered. `stopped`: the receiver is gone for good, and nothing is sent any more. */
  readonly state: 'working' | 'failing' | 'stopped';
  /** The number of notifications that have not been delivered yet, at most 101. */
  readonly waiting: number;
  /** How often a notification was given up. One that is tried again later can be given up again. */
  readonly lost: number;
  /** When it last delivered one, or a test, in ms since the epoch; absent if it has not yet. */
  readonly lastDeliveredAtMs?: number;
  /** The number of the try, from 1 to 5, that runs or waits for its pause; absent while no message is being sent. Tests do not count. */
  readonly currentTry?: number;
  /** How long the last try or test took, in ms, whether it failed or not; absent before the first. */
  readonly lastDurationMs?: number;
  /** How the last try or test that failed did; absent while none has failed. */
  readonly lastError?: { readonly message: string; readonly atMs: number };
}

/** Brings a notification up to date; `undefined` if there is nothing left to send. */
export type Latest = () => Notification | undefined;

/** What the engine hands notifications to. */
export interface Deliverer {
  /**
   * Resolves to true as soon as one channel has delivered it, or if none wants it; to false when all that want it have given up. Never
   * rejects.
   *
   * A channel that has given it up gets what `latest` returns some minutes later, unless there is a newer notification by then.
   */
  deliver(notification: Notification, latest?: Latest): Promise<boolean>;
}
