import type { Severity } from '../model/alert.ts';
import { isAtLeast } from '../model/severity.ts';
import { localTime } from './local-time.ts';

/** When people sleep. */
export interface QuietHours {
  /** When they begin, as the clocks show it, for example `22:00`. */
  readonly from: string;
  /** When they end, for example `07:00`. */
  readonly to: string;
  /** An IANA name, for example `America/Sao_Paulo`. */
  readonly timeZone: string;
  /** What matters less waits until they end, and is sent then if it is still so. @default 'critical' */
  readonly minSeverity?: Severity;
}

/** Whether something has to wait until the quiet hours end. */
export function isQuietFor(severity: Severity, quietHours: QuietHours | undefined, epochMs: number): boolean {
  if (!quietHours) return false;
  const { from, to, timeZone, minSeverity = 'critical' } = quietHours;
  if (isAtLeast(severity, minSeverity)) return false;
  // By what the clocks show, so that a change to summer time neither ends nor extends them.
  const { time } = localTime(epochMs, timeZone);
  return from < to ? from <= time && time < to : from <= time || time < to;
}
