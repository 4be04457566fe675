const hourMs = 3_600_000;
const pacificHour = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  hour: 'numeric',
  hourCycle: 'h23',
});

/**
 * The next midnight in Los Angeles after `now`, when YouTube's daily quotas are renewed; both in ms since the epoch.
 *
 * It is at 07:00 or 08:00 UTC, see https://developers.google.com/youtube/v3/getting-started#quota.
 */
export function nextPacificMidnight(now: number): number {
  let hour = Math.floor(now / hourMs) * hourMs + hourMs;
  // The clocks change at 2 a.m. and by a whole hour, so every day has one midnight and it is at a full hour.
  while (Number(pacificHour.format(hour)) !== 0) hour += hourMs;
  return hour;
}
