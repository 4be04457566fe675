import { createHash } from 'node:crypto';

const shownLength = 12;

/** What distinguishes a watch from others of the same store. */
export interface WatchIdentity {
  /** The names of its channels. */
  readonly channels: readonly string[];
  /** The names of its rules. */
  readonly rules: readonly string[];
}

/**
 * The name of the lease that all processes with the same watch share. Another watch has another one: it alerts other people, or of
 * other things. It depends on names only, because a function or an URL cannot be compared between processes.
 */
export function watchName({ channels, rules }: WatchIdentity): string {
  const identity = JSON.stringify([channels.toSorted(), rules.toSorted()]);
  return `alerts.${createHash('sha256').update(identity).digest('base64url').slice(0, shownLength)}`;
}
