import { readField } from '../base/read-field.ts';
import { readHeader, type HeadersLike } from './headers.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const duration = String.raw`(?:\d+(?:\.\d+)?(?:ms|[smhd]))+`;
const wholeDuration = new RegExp(`^${duration}$`);
const durationInWords = String.raw`\d+(?:\.\d+)? (?:second|minute|hour)s?`;
const statedInText = new RegExp(String.raw`\b(?:try again|retry) (?:in|after) (${durationInWords}|${duration})`, 'i');
// Checked first, because `Date.parse` accepts almost any text with a year in it.
const httpDate = /^(?:mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day)?,? .*\d\d:\d\d:\d\d/i;

// A longer wait for a rate limit is a mistake of the provider.
const maxWaitMs = 86_400_000;

/**
 * Returns the `retryAfterMs` field of a verdict for a wait in ms, capped at 24 h; an empty object for `undefined`.
 *
 * @example
 * return { kind: 'rate-limited', reason: 'too_many_requests', ...statedWait(parseRetryAfter(headers)) };
 */
export function statedWait(waitMs: number | undefined): { retryAfterMs?: number } {
  return waitMs === undefined ? {} : { retryAfterMs: Math.min(waitMs, maxWaitMs) };
}

/**
 * Parses a duration such as `120ms`, `1s`, `6m0s` or `24h` into ms. Returns `undefined` for anything else.
 *
 * @example
 * parseDuration('6m0s'); // 360_000
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (!wholeDuration.test(trimmed)) return undefined;
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)];
  const total = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0);
  // Rounded, because 7.66 × 1000 is 7660.000000000001.
  return Number.isFinite(total) ? Math.round(total) : undefined;
}

/**
 * Parses the wait in an error message into ms. Returns `undefined` if the message states none.
 *
 * @example
 * parseStatedWait('Rate limit reached. Please try again in 7.66s.'); // 7660
 */
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
 * Parses a `Retry-After` value, or the `retry-after-ms` and `retry-after` headers, into a wait in ms.
 *
 * `retry-after-ms` takes precedence. Seconds may be fractional; an HTTP date is relative to `now` (ms since the epoch).
 * Returns `undefined` for a negative value, a past date or anything that is not a time.
 *
 * @example
 * parseRetryAfter('1.5'); // 1500
 * parseRetryAfter(response.headers);
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
 * Parses the wait in the body of an error into ms: `retry_after` in seconds, or a `retryDelay` such as `17s`.
 *
 * Reads the body from `error`, `body` and `response.data`, where provider clients keep it, and from `error` inside each.
 *
 * @example
 * parseBodyWait({ status: 429, error: { retry_after: 2.5 } }); // 2500
 */
export function parseBodyWait(error: unknown): number | undefined {
  const bodies = [readField(error, 'error'), readField(error, 'body'), readField(error, 'response', 'data')];
  const presentBodies = bodies.filter((body) => body !== undefined);
  for (const body of [...presentBodies, ...presentBodies.map((outer) => readField(outer, 'error'))]) {
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
