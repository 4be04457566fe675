/** One limit as the headers of an answer tell it; what they do not tell, or tell as nonsense, is absent. */
export interface RateLimit {
  /** What a quota of the plan counts, for example `requests`; absent for the rate limit of the API. */
  readonly counted?: string;
  readonly limit?: number;
  /** Negative where the answer says so. */
  readonly remaining?: number;
  readonly resetsInMs?: number;
}

type Part = 'limit' | 'remaining' | 'reset';

// Providers add quotas of their own names: https://docs.rapidapi.com/docs/response-headers
const limitHeader = /^x-ratelimit-(?:(.+)-)?(limit|remaining|reset)$/;
const number = /^\s*-?\d+(?:\.\d+)?\s*$/;
const largestDuration = 1e9;
// No plan has a longer window than a month; clocks may differ.
const longestWindowMs = 32 * 86_400_000;

function entriesOf(headers: unknown): readonly (readonly unknown[])[] {
  if (typeof headers !== 'object' || headers === null) return [];
  try {
    // A Headers object and its like, or a plain object.
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

/** Reads every limit that headers tell about; `now` is in ms since the epoch. */
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
