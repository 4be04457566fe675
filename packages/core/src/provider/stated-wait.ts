import { readField, readList } from '../base/read-field.ts';
import { readHeader, type HeadersLike } from '../http/headers.ts';
import type { Failure } from './read-failure.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const duration = String.raw`(?:\d+(?:\.\d+)?(?:ms|[smhd]))+`;
// Azure API Management: "Try again in 21 minutes and 33 seconds."
const amountInWords = String.raw`\d+(?:\.\d+)? (?:second|minute|hour|day)s?`;
const durationInWords = String.raw`${amountInWords}(?: and ${amountInWords})?`;
// Azure API Management: days, hours, minutes and seconds.
const clock = String.raw`(?:\d+\.)?\d\d:\d\d:\d\d`;
const wholeDuration = new RegExp(`^${duration}$`);
const wholeClock = /^(?:(\d+)\.)?(\d\d):(\d\d):(\d\d)$/;
const statedInText = new RegExp(
  String.raw`\b(?:try again|retry|replenished) (?:in|after) (${durationInWords}|${clock}|${duration})`,
  'i',
);
// Checked first, because `Date.parse` accepts almost any text with a year in it.
const httpDate = /^(?:mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day)?,? .*\d\d:\d\d:\d\d/i;
const isoDate = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?/i;
const zone = /(?:GMT|UTC|Z|[+-]\d\d:?\d\d)$/i;
// Larger numbers are times since the epoch, in seconds or in ms.
const largestDuration = 1e9;
const largestEpochSeconds = 1e11;

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
 * Parses a duration such as `120ms`, `1s`, `6m0s`, `24h` or `1.06:30:00` into ms. Returns `undefined` for anything else.
 *
 * @example
 * parseDuration('6m0s'); // 360_000
 */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  const [, days = '0', hours, minutes, seconds] = wholeClock.exec(trimmed) ?? [];
  if (hours !== undefined)
    return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
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
  return stated === undefined
    ? undefined
    : parseDuration(stated.replace(' and ', '').replaceAll(/ ([smhd])[a-z]+/gi, '$1'));
}

/**
 * Parses the time of a header into ms from `now` (ms since the epoch).
 *
 * Accepts seconds, seconds or ms since the epoch, a duration such as `6m0s`, an ISO date and an HTTP date. A date without a zone
 * is in UTC. Returns `undefined` for a negative number, a past time or anything that is not a time.
 *
 * @example
 * parseReset('1.5', now); // 1500
 * parseReset('2026-07-01T12:00:30Z', Date.UTC(2026, 6, 1, 12)); // 30_000
 */
export function parseReset(text: string, now: number): number | undefined {
  const trimmed = text.trim();
  const value = parseNumber(trimmed);
  if (value !== undefined && value < largestDuration) return Math.round(value * 1000);
  const timeMs = value === undefined ? parseDate(trimmed) : value < largestEpochSeconds ? value * 1000 : value;
  if (timeMs === undefined) return parseDuration(trimmed);
  return timeMs >= now ? Math.round(timeMs - now) : undefined;
}

/** Parses a number; of several, the largest: `Headers` joins the values of a header that was sent twice. */
function parseNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d+(?:\.\d+)?(?:\s*,\s*\d+(?:\.\d+)?)*\s*$/.test(text)) return undefined;
  const value = Math.max(...text.split(',').map(Number));
  return Number.isFinite(value) ? value : undefined;
}

/** Without a zone, a date is in UTC: `Date.parse` alone would use the zone of this process. */
function parseDate(text: string): number | undefined {
  if (!httpDate.test(text) && !isoDate.test(text)) return undefined;
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const timeMs = Date.parse(zone.test(text) || isDay ? text : `${text}${isoDate.test(text) ? 'Z' : ' GMT'}`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

// In ms: the first is OpenAI's, the second Azure's (https://learn.microsoft.com/en-us/azure/ai-foundry/openai/how-to/quota).
const exactHeaders = ['retry-after-ms', 'x-ms-retry-after-ms'];

/**
 * Parses a `Retry-After` value, or the headers that state a wait, into a wait in ms.
 *
 * `retry-after-ms` and `x-ms-retry-after-ms` take precedence over `retry-after` and `x-ratelimit-retry-after`. Seconds may be
 * fractional; a date is relative to `now` (ms since the epoch). Returns `undefined` for a negative value, a past date or anything
 * that is not a time.
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
  if (typeof source === 'string') return parseReset(source, now);
  const exact = exactHeaders.map((name) => parseNumber(readHeader(source, name))).find((value) => value !== undefined);
  const others = ['retry-after', 'x-ratelimit-retry-after'].map((name) =>
    parseReset(readHeader(source, name) ?? '', now),
  );
  return exact ?? others.find((waitMs) => waitMs !== undefined);
}

/**
 * Returns the wait in ms that a response states in its headers, its body or its message; `undefined` if it states none.
 *
 * Reads `retry_after` (seconds) and Google's `RetryInfo` from the body. The longer one of body and message counts, because
 * one of them can be rounded.
 *
 * @example
 * const waitMs = statedWaitOf(readFailure(error), context.now);
 */
export function statedWaitOf({ headers, detail, body, message }: Failure, now: number): number | undefined {
  const inHeaders = parseRetryAfter(headers, now);
  if (inHeaders !== undefined) return inHeaders;
  const inBody = body === undefined ? [] : [...bodyWaits(detail), ...bodyWaits(body)];
  const stated = [...inBody, parseStatedWait(message)].filter((waitMs) => waitMs !== undefined);
  return stated.length > 0 ? Math.max(...stated) : undefined;
}

function bodyWaits(body: unknown): readonly (number | undefined)[] {
  const seconds = readField(body, 'retry_after');
  // https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
  const delays = readList(body, 'details').map((entry) => readField(entry, 'retryDelay'));
  return [
    typeof seconds === 'number' || typeof seconds === 'string' ? parseReset(String(seconds), 0) : undefined,
    ...[readField(body, 'retryDelay'), ...delays].map((delay) =>
      typeof delay === 'string' ? parseDuration(delay) : undefined,
    ),
  ];
}
