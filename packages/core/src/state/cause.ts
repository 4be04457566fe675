/** Why the health of a key changes, as the events of the change say it. */
export interface Cause {
  /** The adapter's short code, `operator` or `marked`; the kind of the verdict if it comes from the store. Empty for a recovery. */
  readonly reason: string;
  /** Set if another process has caused it. */
  readonly isFromStore?: true;
  /** What an operator has called to make the key available. */
  readonly action?: 'reset' | 'enable';
  /** Who has called it. */
  readonly actor?: string;
}

/** That of a success, and of all that emits no reason. */
export const noCause: Cause = { reason: '' };
