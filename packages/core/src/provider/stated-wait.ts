import { readField } from '../base/read-field.ts';
import { readHeader, type HeadersLike } from './headers.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const duration = String.raw`(?:\d+(?:\.\d+)?(?:ms|[smhd]))+`;
const wholeDuration = new RegExp(`^${duration}$`);
const inWords = String.raw`\d+(?:\.\d+)? (?:second|minute|hour)s?`;
const statedInText = new RegExp(String.raw`\b(?:try again|retry) (?:in|after) (${inWords}|${duration})`, 'i');
// Date.parse would find a year in almost any text.
const httpDate = /^(?:mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day)?,? .*\d\d:\d\d:\d\d/i;

// A longer wait without a quota behind it is a mistake.
const longestWaitMs = 86_400_000;

/** A stated wait as a verdict carries it: at most 24 h, and absent when none was stated. */
export function statedWait(waitMs: number | undefined): { retryAfterMs?: number } {
  return waitMs === undefined ? {} : { retryAfterMs: Math.min(waitMs, longestWaitMs) };
}

/** Reads a duration such as `120ms`, `1s`, `6m0s` or `24h` into ms; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (!wholeDuration.test(trimmed)) return undefined;
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)];
  const total = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0);
  // 7.66 × 1000 is 7660.000000000001.
  return Number.isFinite(total) ? Math.round(total) : undefined;
}

/** The wait in ms that a message states, as in "Please try again in 7.66s"; `undefined` when it states none. */
export function parseStatedWait(message: string): number | undefined {
  const stated = statedInText.exec(message)?.[1];
  return stated === undefined ? undefined : parseDuration(stated.replace(/ ([smh])\w+/i, '$1'));
}

function parseNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d+(?:\.\d+)?\s*$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function parseValue(value: string, now: number): number | undefined {
  const seconds = parseNumber(value);
  if (seconds !== undefined) return Math.round(seconds * 1000);
  if (!httpDate.test(value.trim())) return undefined;
  const waitMs = Date.parse(value) - now;
  return waitMs >= 0 ? waitMs : undefined;
}

/**
 * The wait in ms that an answer states, from a `Retry-After` value or from headers (`retry-after-ms` before `retry-after`).
 *
 * Seconds may have fractions; an HTTP date counts from `now` (ms since the epoch). Whatever is negative, past or not a
 * time states none: `undefined`.
 */
export function parseRetryAfter(
  source: HeadersLike | string | null | undefined,
  now: number = Date.now(),
): number | undefined {
  if (source === null || source === undefined) return undefined;
  if (typeof source === 'string') return parseValue(source, now);
  const exact = parseNumber(readHeader(source, 'retry-after-ms'));
  return exact ?? parseValue(readHeader(source, 'retry-after') ?? '', now);
}

/**
 * The wait in ms that the body of an error states: `retry_after` in seconds, or a `retryDelay` such as `17s`.
 *
 * Looks where the providers' clients keep the body: `error`, `body` or `response.data`, and the `error` inside of it.
 */
export function parseBodyWait(error: unknown): number | undefined {
  const bodies = [readField(error, 'error'), readField(error, 'body'), readField(error, 'response', 'data')];
  const given = bodies.filter((body) => body !== undefined);
  for (const body of [...given, ...given.map((outer) => readField(outer, 'error'))]) {
    const seconds = readField(body, 'retry_after');
    const isStated = typeof seconds === 'number' || typeof seconds === 'string';
    const stated = isStated ? parseNumber(String(seconds)) : undefined;
    if (stated !== undefined) return Math.round(stated * 1000);
    const delay = readField(body, 'retryDelay');
    const waitMs = typeof delay === 'string' ? parseDuration(delay) : undefined;
    if (waitMs !== undefined) return waitMs;
  }
  return undefined;
}
