import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import type { Project } from './open-project.ts';

/** @throws UsageError if the last exchange with a store of the project failed. */
export function refuseAwayStore({ texts }: Session, { awayStore }: Project): void {
  const kind = awayStore();
  if (kind !== undefined) throw new UsageError(texts.project.storeAway(kind));
}
