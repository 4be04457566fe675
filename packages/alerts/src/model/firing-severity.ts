import type { Alert, Severity } from './alert.ts';
import { worstOf } from './severity.ts';

/** Returns the worst of what fires now; `undefined` if nothing does. */
export function firingSeverity(alerts: readonly Alert[]): Severity | undefined {
  const firing = alerts.filter(({ state }) => state === 'firing');
  return firing.length === 0 ? undefined : worstOf(firing.map(({ severity }) => severity));
}
