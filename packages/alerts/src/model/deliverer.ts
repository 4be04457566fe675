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
  /** The number of notifications that were given up. */
  readonly lost: number;
  /** When it last delivered one, or a test, in ms since the epoch; absent if it has not yet. */
  readonly lastDeliveredAtMs?: number;
  /** How the last try or test that failed did; absent while none has failed. */
  readonly lastError?: { readonly message: string; readonly atMs: number };
}

/** Takes notifications to the channels. None of its methods throws or rejects. */
export interface Deliverer {
  /** The names of the channels. */
  readonly names: readonly string[];
  /** Resolves to true as soon as one channel has delivered it, or if none wants it; to false when all that want it have given up. */
  deliver(notification: Notification): Promise<boolean>;
  /** Tries all channels, or those of this name, once, whatever their `minSeverity`. */
  test(notification: Notification, channelName?: string): Promise<readonly TestResult[]>;
  /** How each channel is doing. */
  status(): readonly ChannelStatus[];
  /** Before the end: sends what waits without pauses, each once more. Resolves when that is done, or after `ms` milliseconds. */
  flush(ms: number): Promise<void>;
  /** Drops what waits to be sent, and ends all timers. */
  close(): void;
}
