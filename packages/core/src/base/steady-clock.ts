const checkEveryMs = 1000;
const shortestSleepMs = 30_000;

function uptimeMs(): number {
  return process.getBuiltinModule('node:os').uptime() * 1000;
}

/**
 * A clock that nobody can set: milliseconds since the epoch as of now, going on with `performance.now()`.
 *
 * `performance.now()` stands still while the machine sleeps. The machine's uptime does not, so a sleep is noticed by it, and
 * waits that were over meanwhile are over.
 */
export function steadyClock(): () => number {
  let lastMs = performance.now();
  let epochMs = Date.now() - lastMs;
  let checkedAtMs = lastMs;
  let checkedUptimeMs = uptimeMs();
  return () => {
    const timeMs = performance.now();
    // Fake timers start at 0.
    if (timeMs < lastMs) {
      epochMs += lastMs - timeMs;
      checkedAtMs = timeMs;
      checkedUptimeMs = uptimeMs();
    }
    if (timeMs - checkedAtMs >= checkEveryMs) {
      const nowUptimeMs = uptimeMs();
      const sleptMs = nowUptimeMs - checkedUptimeMs - (timeMs - checkedAtMs);
      if (sleptMs >= shortestSleepMs) epochMs += sleptMs;
      checkedAtMs = timeMs;
      checkedUptimeMs = nowUptimeMs;
    }
    lastMs = timeMs;
    return Math.round(epochMs + timeMs);
  };
}
