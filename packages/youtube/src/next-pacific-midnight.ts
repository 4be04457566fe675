const hourMs = 3_600_000;
const pacificHour = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  hour: 'numeric',
  hourCycle: 'h23',
});

/**
 * Returns the next midnight in Los Angeles after `now`, when YouTube resets its daily quotas; both in epoch ms.
 *
 * That is 07:00 or 08:00 UTC: https://developers.google.com/youtube/v3/getting-started#quota
 */
export function nextPacificMidnight(now: number): number {
  let hour = Math.floor(now / hourMs) * hourMs + hourMs;
  // Clocks change at 2 a.m. by a whole hour, so every day has exactly one midnight, on a full hour.
  while (Number(pacificHour.format(hour)) !== 0) hour += hourMs;
  return hour;
}
