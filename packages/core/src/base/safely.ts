/** Runs foreign code, such as a listener or a logger, and ignores what it throws or rejects with. */
export function safely(run: () => unknown): void {
  try {
    ignoreRejection(run());
  } catch {
    // A broken listener must not fail the call.
  }
}

/** Prevents an unhandled rejection if the value is a promise. */
export function ignoreRejection(value: unknown): void {
  if (typeof value === 'object' && value !== null) Promise.resolve(value).catch(() => {});
}
