/**
 * Wraps work so that one run happens at a time. Calls made during a run share the next run.
 *
 * They cannot share the current one: it may have read its input before they were made.
 */
export function singleFlight<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  function start(): Promise<T> {
    next = undefined;
    return work();
  }
  return () => {
    next ??= running.then(start, start);
    running = next;
    return next;
  };
}
