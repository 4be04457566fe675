import { longestTimerMs } from './abortable.ts';
import { shown } from './check-arguments.ts';
import { InvalidOptionsError } from './errors.ts';

const duration = `a number of milliseconds from 0 to ${longestTimerMs}`;
const timeout = `a number of milliseconds above 0, up to ${longestTimerMs}`;

/** Whether a value is a finite number from 0. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

/**
 * Refuses an option that is not valid.
 *
 * @param expected What to write instead, after "must be".
 * @throws InvalidOptionsError naming the option and its value, unless it is valid.
 * @example
 * checkOption(typeof isQuiet === 'boolean', 'isQuiet', isQuiet, 'true or false');
 */
export function checkOption(valid: boolean, name: string, value: unknown, expected: string): void {
  if (valid) return;
  throw new InvalidOptionsError(`"${name}" must be ${expected}; it is ${shown(value)}.`);
}

/** @throws InvalidOptionsError if the option is set and is not a timeout in ms. */
export function checkTimeout(name: string, value: unknown): void {
  const isValid = value === undefined || (isDuration(value) && value !== 0);
  checkOption(isValid, name, value, timeout);
}

/**
 * Refuses an option that is not a time in ms, from 0 to the longest that a timer takes (2147483647).
 *
 * @throws InvalidOptionsError unless the option is a time in ms.
 * @example
 * checkDuration('groupWaitMs', groupWaitMs);
 */
export function checkDuration(name: string, value: unknown): void {
  checkOption(isDuration(value), name, value, duration);
}

function isDuration(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= longestTimerMs;
}
