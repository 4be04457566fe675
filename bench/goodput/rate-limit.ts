/** A limit of one key, as a provider keeps it. */
export interface RateLimit {
  /** Accepts a request (0), or refuses it and returns the ms until the next one has room; a refusal costs nothing. */
  take(nowMs: number): number;
}

const minuteMs = 60_000;

/** At most `limit` requests in any 60 s, or in any other span. */
export function slidingWindow(limit: number, spanMs = minuteMs): RateLimit {
  const accepted: number[] = [];
  return {
    take(nowMs) {
      while (accepted[0] !== undefined && accepted[0] <= nowMs - spanMs) accepted.shift();
      if (accepted.length >= limit) return (accepted[0] ?? nowMs) + spanMs - nowMs;
      accepted.push(nowMs);
      return 0;
    },
  };
}

/** At most `limit` requests in each minute of the clock. */
export function fixedWindow(limit: number): RateLimit {
  let minute = -1;
  let accepted = 0;
  return {
    take(nowMs) {
      const current = Math.floor(nowMs / minuteMs);
      if (current !== minute) accepted = 0;
      minute = current;
      if (accepted >= limit) return (current + 1) * minuteMs - nowMs;
      accepted++;
      return 0;
    },
  };
}

/** `limit` requests at once when it is full; it fills again within 60 s. */
export function refillingBucket(limit: number): RateLimit {
  const refillMs = minuteMs / limit;
  let tokens = limit;
  let filledAtMs = 0;
  return {
    take(nowMs) {
      tokens = Math.min(limit, tokens + (nowMs - filledAtMs) / refillMs);
      filledAtMs = nowMs;
      if (tokens < 1) return Math.ceil((1 - tokens) * refillMs);
      tokens--;
      return 0;
    },
  };
}
