const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
}

/** A time as the clocks of a time zone show it: `2026-11-30` and `22:05`. Both compare like texts. */
export interface LocalTime {
  readonly date: string;
  readonly time: string;
}

/** What the clocks of a time zone show. @throws RangeError if it is not a known IANA name */
export function localTime(epochMs: number, timeZone: string): LocalTime {
  const parts = formatOf(timeZone).formatToParts(epochMs);
  const { year, month, day, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return { date: `${year}-${month}-${day}`, time: `${hour}:${minute}` };
}

/** Whether a text is a time of the day, such as `07:00`. */
export function isTimeOfDay(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(value);
}
