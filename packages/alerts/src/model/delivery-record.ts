import type { NotificationKind } from './notification.ts';

/** How one notification, or a test, went through one channel. Contains no URL and no secret. */
export interface DeliveryRecord {
  readonly channel: string;
  /** When it was delivered or given up, in ms since the epoch. */
  readonly atMs: number;
  /** The time from its first try to its end, with the pauses between tries, in ms. */
  readonly durationMs: number;
  /** The number of tries, from 1 to 5. */
  readonly tries: number;
  readonly isDelivered: boolean;
  /** What it was about; `test` for a test. */
  readonly kind: NotificationKind;
  /** The provider's name; `test` for a test. */
  readonly provider: string;
  /** The provider's name for people, for example `OpenAI`. */
  readonly displayName: string;
  /** Why its last try failed, as one redacted line; absent if it was delivered. */
  readonly error?: string;
}
