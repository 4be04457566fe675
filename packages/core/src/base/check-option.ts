import { longestTimerMs } from './abortable.ts';
import { shown } from './check-arguments.ts';
import { InvalidOptionsError } from './errors.ts';

const duration = `a number of milliseconds from 0 to ${longestTimerMs}`;
const timeout = `a number of milliseconds above 0, up to ${longestTimerMs}`;

/** Whether a value is a finite number from 0. */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

/** @throws InvalidOptionsError naming the option and its value, unless it is valid. */
export function checkOption(valid: boolean, name: string, value: unknown, expected: string): void {
  if (valid) return;
  throw new InvalidOptionsError(`"${name}" must be ${expected}; it is ${shown(value)}.`);
}

/** @throws InvalidOptionsError if the option is set and is not a timeout in ms. */
export function checkTimeout(name: string, value: unknown): void {
  const isValid = value === undefined || (isDuration(value) && value !== 0);
  checkOption(isValid, name, value, timeout);
}

/** @throws InvalidOptionsError unless the option is a time in ms. */
export function checkDuration(name: string, value: unknown): void {
  checkOption(isDuration(value), name, value, duration);
}

function isDuration(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= longestTimerMs;
}
