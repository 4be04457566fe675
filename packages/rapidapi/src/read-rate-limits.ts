/** One limit from the response headers. A field is absent when its header is missing or invalid. */
export interface RateLimit {
  /** What a quota of the plan counts, for example `requests`; absent for the API's rate limit. */
  readonly counted?: string;
  readonly limit?: number;
  /** May be negative. */
  readonly remaining?: number;
  readonly resetsInMs?: number;
}

type Part = 'limit' | 'remaining' | 'reset';

// API providers choose the names of their quotas: https://docs.rapidapi.com/docs/response-headers
const limitHeader = /^x-ratelimit-(?:(.+)-)?(limit|remaining|reset)$/;
const number = /^\s*-?\d+(?:\.\d+)?\s*$/;
const largestDuration = 1e9;
// A month is the longest window of a plan. One day is added, because clocks differ.
const longestWindowMs = 32 * 86_400_000;

function entriesOf(headers: unknown): readonly (readonly unknown[])[] {
  if (typeof headers !== 'object' || headers === null) return [];
  try {
    // Accepts a Headers object, anything else that iterates over entries, or a plain object.
    const entries = Symbol.iterator in headers ? [...(headers as Iterable<unknown>)] : Object.entries(headers);
    return entries.filter((entry) => Array.isArray(entry));
  } catch {
    return [];
  }
}

function parse(value: unknown): number | undefined {
  const isText = typeof value === 'string' || typeof value === 'number';
  return isText && number.test(String(value)) ? Number(value) : undefined;
}

// "In seconds or as a timestamp": https://docs.rapidapi.com/v1.0/docs/response-headers
function resetsIn(seconds: number, now: number): number | undefined {
  const waitMs = Math.round(seconds * 1000 - (seconds > largestDuration ? now : 0));
  return waitMs >= 0 && waitMs <= longestWindowMs ? waitMs : undefined;
}

/** Reads every limit from the headers; `now` is in epoch ms. */
export function readRateLimits(headers: unknown, now: number): readonly RateLimit[] {
  const byName = new Map<string | undefined, Partial<Record<Part, number>>>();
  for (const [header, value] of entriesOf(headers)) {
    const [, counted, part] = limitHeader.exec(String(header).toLowerCase()) ?? [];
    const parsed = parse(value);
    if (part !== undefined && parsed !== undefined) byName.set(counted, { ...byName.get(counted), [part]: parsed });
  }
  return [...byName].map(([counted, { limit, remaining, reset }]) => {
    const resetsInMs = reset === undefined ? undefined : resetsIn(reset, now);
    return {
      ...(counted === undefined ? {} : { counted }),
      ...(limit === undefined ? {} : { limit }),
      ...(remaining === undefined ? {} : { remaining }),
      ...(resetsInMs === undefined ? {} : { resetsInMs }),
    };
  });
}
