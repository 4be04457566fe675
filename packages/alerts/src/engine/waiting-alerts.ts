import type { MutedAlert, PendingAlert } from '../model/waiting-alert.ts';
import type { Moment } from './moment.ts';
import type { TrackedAlert } from './tracked-alert.ts';

/** Those that are wrong and fire if they stay so. */
export function pendingAlerts(tracked: readonly TrackedAlert[], now: Moment): readonly PendingAlert[] {
  return tracked.filter(({ isPending, isHeld }) => isPending && !isHeld).map((alert) => pendingOf(alert, now));
}

/** Those that fire, and that a worse alert of their pool makes obvious. */
export function mutedAlerts(tracked: readonly TrackedAlert[]): readonly MutedAlert[] {
  return tracked.flatMap(({ alert, isFiring, mutedBy }) =>
    isFiring && mutedBy !== undefined ? [{ ...alert, mutedBy }] : [],
  );
}

function pendingOf({ alert, firesAtMs }: TrackedAlert, { steadyMs, epochMs }: Moment): PendingAlert {
  return { ...alert, state: 'pending', firesAtMs: epochMs + firesAtMs - steadyMs };
}
