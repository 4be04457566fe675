/**
 * Wraps work so that it runs one at a time. Whoever asks while it runs shares the run that follows.
 *
 * A run that started earlier may have missed what the later caller wants to see, so it does not serve that caller.
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
