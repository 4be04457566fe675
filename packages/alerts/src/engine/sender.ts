import type { Alert } from '../model/alert.ts';

/** What was sent of an alert: what another process needs to go on when this one ends. */
export interface SentRecord {
  /** The alert's fingerprint. */
  readonly fingerprint: string;
  /** `firing` until *resolved* was sent. `resolved` only until `untilMs`: it is not sent again before. */
  readonly state: 'firing' | 'resolved';
  /** When a notification with it was last sent, in ms since the epoch. */
  readonly atMs: number;
  /** The number of reminders since its group last changed. */
  readonly reminders: number;
  /** When it may be sent again, in ms since the epoch; absent unless it is sent once in a time. */
  readonly untilMs?: number;
  /** The alert as it was sent, with at most three keys and no error text; absent for a digest. */
  readonly alert?: Alert;
}

/**
 * Decides which of several processes sends the notifications of one provider, and keeps what was sent. Each group of alerts has one.
 * None of its methods throws; a rejection is logged, and the group goes on with what this process knows.
 */
export interface Sender {
  /** Whether this process sends now. When it becomes true, the group calls `load()` before it sends. */
  readonly isLeader: boolean;
  /** What the last sender has sent. */
  load(): Promise<readonly SentRecord[]>;
  /** Keeps what was sent, in place of what was kept before. */
  save(records: readonly SentRecord[]): Promise<void>;
  /** Lets another process send, if there is one, because no channel of this one works. What it saves meanwhile is not kept. */
  standBack(): void;
  close(): Promise<void>;
}

/** The sender of a process that sends for itself. */
export const aloneSender: Sender = {
  isLeader: true,
  load: () => Promise.resolve([]),
  save: () => Promise.resolve(),
  standBack: () => {},
  close: () => Promise.resolve(),
};
