import { texts } from '../texts/texts.ts';
import { number } from './number.ts';

const units = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3600 },
  { name: 'minute', seconds: 60 },
  { name: 'second', seconds: 1 },
] as const;

/** What is left, in two units. The second one is padded, so that a countdown keeps its width: `1 m 05 s`. */
export function countdown(ms: number): string {
  const total = Math.max(0, Math.ceil(ms / 1000));
  const { first, second } = split(total);
  return second === '' ? first : `${first} ${second}`;
}

/** What has passed, in one unit: `23 m`. */
export function past(ms: number): string {
  return split(Math.max(0, Math.floor(ms / 1000))).first;
}

/** A duration to the millisecond: `1,234 ms`. */
export function milliseconds(ms: number): string {
  return `${number(ms)} ms`;
}

/** `0.48 s`, `0.048 s`, or `–` without calls. */
export function inSeconds(ms: number | undefined): string {
  return ms === undefined || ms < 0 ? '–' : `${number(ms / 1000, ms < 100 ? 3 : 2)} s`;
}

function split(total: number): { readonly first: string; readonly second: string } {
  const names = texts.value.durations;
  const found = units.findIndex(({ seconds }) => total >= seconds);
  const index = found === -1 ? units.length - 1 : found;
  const [big, small] = [units[index] ?? units[3], units[index + 1]];
  const first = `${Math.floor(total / big.seconds)} ${names[big.name]}`;
  if (small === undefined) return { first, second: '' };
  const rest = String(Math.floor((total % big.seconds) / small.seconds));
  return { first, second: `${rest.padStart(2, '0')} ${names[small.name]}` };
}
