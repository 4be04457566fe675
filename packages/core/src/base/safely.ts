/** Runs foreign code (a listener, a logger) whose faults must not become the caller's. */
export function safely(run: () => unknown): void {
  try {
    ignoreRejection(run());
  } catch {
    // The listener's own fault: no call depends on it.
  }
}

/** Keeps what may be a promise from ending the process when it rejects. */
export function ignoreRejection(value: unknown): void {
  if (typeof value === 'object' && value !== null) Promise.resolve(value).catch(() => {});
}
