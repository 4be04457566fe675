import type { Severity } from './alert.ts';

/** All severities, from the worst. */
export const severities: readonly Severity[] = ['critical', 'warning', 'info'];

/** Whether `severity` is at least as bad as `other`. */
export function isAtLeast(severity: Severity, other: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(other);
}

/** The worst of these; `info` without any. */
export function worstOf(these: readonly Severity[]): Severity {
  return severities.find((severity) => these.includes(severity)) ?? 'info';
}
