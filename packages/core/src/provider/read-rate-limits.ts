import { headerEntries, type HeadersLike } from '../http/headers.ts';
import type { RateLimit } from './provider-adapter.ts';
import { parseReset } from './stated-wait.ts';

/** How a provider's rate-limit headers are to be read. */
export interface RateLimitReading {
  /** The current time in ms since the epoch. */
  readonly now: number;
  /** The window of a limit whose name does not state it, for example `{ requests: 'day' }`. */
  readonly windows?: Readonly<Record<string, NonNullable<RateLimit['window']>>>;
  /** Whether the reset is the time at which the limit is full again, so that a request has room earlier. @default false */
  readonly refills?: boolean;
}

/** A limit as its headers state it; `remaining` may be negative or absent. */
type StatedLimit = Omit<RateLimit, 'remaining'> & { readonly remaining?: number };

type Part = 'limit' | 'remaining' | 'reset';
type Parts = Partial<Record<Part, string>>;

const family = /^(?:x-|anthropic-)?ratelimit-(.+)$/;
const parts: readonly unknown[] = ['limit', 'remaining', 'reset'] satisfies Part[];
const windowAtEnd = /(?:^|-)(second|minute|hour|day|month)$/;
const integer = /^\s*-?\d+(?:\.\d+)?\s*$/;
// A month is the longest window. One day is added, because clocks differ.
const longestWindowMs = 32 * 86_400_000;

/**
 * Reads the rate limits from response headers: `x-ratelimit-*`, `anthropic-ratelimit-*` and `ratelimit-*`, with the part before
 * or after the name.
 *
 * A limit without a number of what remains is left out, and so is a negative one, which means that it is unknown. The name is the
 * provider's (`requests`, `tokens-day`), or `rate` for headers without one. Times are in ms since the epoch.
 *
 * @example
 * readLimits: (headers, { now }) => readRateLimits(headers, { now, windows: { requests: 'day' }, refills: true }),
 */
export function readRateLimits(headers: HeadersLike, reading: RateLimitReading): RateLimit[] {
  return statedLimits(headers, reading).flatMap((limit) => {
    const { remaining } = limit;
    return remaining === undefined || remaining < 0 ? [] : { ...limit, remaining };
  });
}

/**
 * Returns the wait in ms until every used-up limit of a refused request has room again; `undefined` if no header says so.
 *
 * In a refusal, a `remaining` below 0 counts as used up, and so does a limit without a name that states its reset only. With
 * `names`, only these limits count.
 *
 * @example
 * const waitMs = waitForRoom(failure.headers ?? {}, { now: context.now });
 */
export function waitForRoom(
  headers: HeadersLike,
  reading: RateLimitReading,
  names: (name: string) => boolean = () => true,
): number | undefined {
  const waits = statedLimits(headers, reading)
    .filter(({ name, remaining = name === 'rate' ? 0 : 1 }) => remaining <= 0 && names(name))
    // A gateway in front of the provider has a limit without a name, which does not fill up again bit by bit.
    .map(({ name, roomAtMs, resetsAtMs }) => roomAtMs ?? (reading.refills && name !== 'rate' ? undefined : resetsAtMs))
    .filter((timeMs) => timeMs !== undefined);
  return waits.length > 0 ? Math.max(...waits) - reading.now : undefined;
}

function statedLimits(headers: HeadersLike, reading: RateLimitReading): StatedLimit[] {
  const byName = new Map<string, Parts>();
  for (const [header, value] of headerEntries(headers)) {
    const [name, part] = splitName(family.exec(header)?.[1]?.split('-') ?? []);
    if (part !== undefined) byName.set(name, { ...byName.get(name), [part]: value });
  }
  return [...byName].map(([name, stated]) => statedLimit(name, stated, reading));
}

/** `requests-limit` and `limit-requests` are the same part of the same limit. */
function splitName(words: readonly string[]): readonly [name: string, part?: Part] {
  const last = words.at(-1);
  if (parts.includes(last)) return [words.slice(0, -1).join('-') || 'rate', last as Part];
  const [first] = words;
  return parts.includes(first) ? [words.slice(1).join('-'), first as Part] : [''];
}

function statedLimit(
  name: string,
  stated: Parts,
  { now, windows = {}, refills = false }: RateLimitReading,
): StatedLimit {
  const [limit, remaining] = [stated.limit, stated.remaining].map(toNumber);
  const resetMs = stated.reset === undefined ? undefined : parseReset(stated.reset, now);
  const window = windows[name] ?? (windowAtEnd.exec(name)?.[1] as RateLimit['window']);
  const hasReset = resetMs !== undefined && resetMs <= longestWindowMs;
  const used = (limit ?? 0) - Math.max(0, remaining ?? 0);
  // A request costs one of the requests; how many tokens the next one costs is unknown.
  const hasRoom = refills && hasReset && used > 0 && !name.includes('tokens');
  return {
    name,
    ...(remaining === undefined ? {} : { remaining }),
    ...(limit === undefined || limit < 0 ? {} : { limit }),
    ...(hasReset ? { resetsAtMs: now + resetMs } : {}),
    ...(hasRoom ? { roomAtMs: remaining !== undefined && remaining >= 1 ? now : now + Math.ceil(resetMs / used) } : {}),
    ...(window === undefined ? {} : { window }),
    ...(name.startsWith('project-') ? { scope: 'group' as const } : {}),
  };
}

function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && integer.test(text) ? Number(text) : undefined;
}
