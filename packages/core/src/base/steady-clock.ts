const checkEveryMs = 1000;
const shortestSleepMs = 30_000;

/** How long the machine has been up, its sleep included; `NaN` where a runtime cannot tell. */
function uptimeMs(): number {
  try {
    const os = process.getBuiltinModule('node:os') as { uptime(): number } | undefined;
    return os ? os.uptime() * 1000 : Number.NaN;
  } catch {
    return Number.NaN;
  }
}

/** Fake timers replace `performance`, or its inherited method by one of its own. */
function isReal(): boolean {
  return !Object.hasOwn(performance, 'now');
}

/**
 * Returns a clock that setting the system's clock does not change: milliseconds since the epoch as of now, going on with
 * `performance.now()`.
 *
 * `performance.now()` stands still while the machine sleeps, and its uptime does not: what both differ by is added, so that waits
 * which were over meanwhile are over. Fake time passes apart from the uptime, so a pause in a debugger is not taken for sleep.
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
      // The clock goes on where it was. Fake timers count from 0 since they were installed.
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
