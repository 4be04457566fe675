const checkEveryMs = 1000;
const shortestSleepMs = 30_000;

/** How long the machine has been running, including sleep; `NaN` if the runtime does not know it. */
function uptimeMs(): number {
  try {
    const os = process.getBuiltinModule('node:os') as { uptime(): number } | undefined;
    return os ? os.uptime() * 1000 : Number.NaN;
  } catch {
    return Number.NaN;
  }
}

/** Whether no fake timers are installed: those replace `performance`, or give it an own `now`. */
function isReal(): boolean {
  return !Object.hasOwn(performance, 'now');
}

/**
 * Returns a clock in ms since the epoch that does not change when the system's clock is set. It starts at `Date.now()` and advances
 * with `performance.now()`.
 *
 * `performance.now()` stops while the machine sleeps, but its uptime does not. The clock adds the difference, so that a wait that
 * ended during the sleep is over. With fake timers it adds nothing, because fake time does not advance with the uptime.
 */
export function steadyClock(): () => number {
  let source = performance;
  let lastMs = performance.now();
  let epochMs = Date.now() - lastMs;
  let checkedAtMs = lastMs;
  let checkedUptimeMs = uptimeMs();

  function check(timeMs: number, passedMs: number): void {
    const nowUptimeMs = uptimeMs();
    const sleptMs = nowUptimeMs - checkedUptimeMs - passedMs;
    if (sleptMs >= shortestSleepMs && isReal()) epochMs += sleptMs;
    checkedAtMs = timeMs;
    checkedUptimeMs = nowUptimeMs;
  }

  return () => {
    const timeMs = performance.now();
    if (performance !== source || timeMs < lastMs) {
      // The source has changed. Continue from the last time; fake timers count from 0 at their installation.
      epochMs += lastMs - (isReal() ? timeMs : 0);
      source = performance;
      check(timeMs, Infinity);
    } else if (timeMs - checkedAtMs >= checkEveryMs) {
      check(timeMs, timeMs - checkedAtMs);
    }
    lastMs = timeMs;
    return Math.round(epochMs + timeMs);
  };
}
