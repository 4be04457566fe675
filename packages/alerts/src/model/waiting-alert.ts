import type { Alert, RuleName } from './alert.ts';

/** Something that is wrong, but has not lasted for the time of its rule (`forMs`) yet. */
export interface PendingAlert extends Omit<Alert, 'state' | 'endsAtMs' | 'isUnproven'> {
  readonly state: 'pending';
  /** When it fires unless it is fine before, in ms since the epoch. It fires at the next look from then on, so this can be just over. */
  readonly firesAtMs: number;
}

/** An alert that fires, but is not sent, because a worse one of its pool makes it obvious. */
export interface MutedAlert extends Alert {
  /** The rule of the worse alert. */
  readonly mutedBy: RuleName;
}
