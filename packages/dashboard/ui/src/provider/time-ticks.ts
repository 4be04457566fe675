const minuteMs = 60_000;
const intervalsMs = [2 * minuteMs, 10 * minuteMs];
const longestMs = 240 * minuteMs;
/** More do not fit on a phone. */
const mostTicks = 6;

export interface TimeTick {
  /** The point at which it is. */
  readonly index: number;
  /** The time of day. A chart shows a day at most, so dates are left out. */
  readonly text: string;
}

/** Round times by the local clock, for points with the same distance. */
export function timeTicks(times: readonly number[]): readonly TimeTick[] {
  const stepMs = (times[1] ?? 0) - (times[0] ?? 0);
  const intervalMs = intervalsMs.find((each) => each * mostTicks >= stepMs * times.length) ?? longestMs;
  const intervalOf = (atMs: number) => {
    const localMs = atMs - new Date(atMs).getTimezoneOffset() * minuteMs;
    return Math.floor(localMs / intervalMs);
  };
  return times.flatMap((atMs, index) => {
    const isRound = intervalOf(atMs) !== intervalOf(atMs - stepMs);
    return isRound ? [{ index, text: new Date(atMs).toTimeString().slice(0, 5) }] : [];
  });
}
