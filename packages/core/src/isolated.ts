/** Runs foreign code (a listener, a logger) whose faults must not become the caller's. */
export function isolated(run: () => unknown): void {
  try {
    const result = run();
    if (typeof result === 'object' && result !== null) Promise.resolve(result).catch(() => {});
  } catch {
    // Whoever gave us the function has no call to answer for.
  }
}
