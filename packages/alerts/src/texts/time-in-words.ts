import type { Notification } from '../model/notification.ts';

const dayFormat = { weekday: 'short', day: 'numeric', month: 'short' } as const;
const clockFormat = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' } as const;

/** Returns a time with its time zone, and with its day if that is not the day of the notification: `Tue, Dec 1, 04:00 UTC`. */
export function timeInWords(timeMs: number, { locale, timeZone, atMs }: Notification): string {
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeZone });
  const isSameDay = date.format(timeMs) === date.format(atMs);
  return new Intl.DateTimeFormat(locale, { ...(isSameDay ? {} : dayFormat), ...clockFormat, timeZone }).format(timeMs);
}
