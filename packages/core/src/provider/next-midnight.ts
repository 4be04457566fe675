const quarterMs = 900_000;
const hourMs = 4 * quarterMs;
const calendars = new Map<string, Intl.DateTimeFormat>();

function calendarOf(timeZone: string): Intl.DateTimeFormat {
  const known = calendars.get(timeZone);
  if (known) return known;
  const calendar = new Intl.DateTimeFormat('en', { timeZone, day: 'numeric' });
  calendars.set(timeZone, calendar);
  return calendar;
}

/**
 * Returns when the next day begins in a time zone, for quotas that reset at midnight. Both times are in ms since the epoch.
 *
 * Days on which the clocks change have 23 or 25 hours, so adding 24 hours or a fixed offset from UTC is wrong.
 *
 * @throws RangeError if `timeZone` is not a known IANA name.
 * @example
 * const resetsAtMs = nextMidnight(context.now, 'America/Los_Angeles');
 */
export function nextMidnight(now: number, timeZone: string): number {
  const calendar = calendarOf(timeZone);
  const today = calendar.format(now);
  // Offsets from UTC are whole quarters of an hour, so every day begins with one.
  let time = Math.floor(now / quarterMs) * quarterMs;
  for (const step of [hourMs, quarterMs]) {
    while (calendar.format(time + step) === today) time += step;
  }
  return time + quarterMs;
}
