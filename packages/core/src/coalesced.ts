/** Makes work that runs one at a time; whoever asks while it runs shares the run after that one. */
export function coalesced<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  function begin(): Promise<T> {
    next = undefined;
    return work();
  }
  return () => {
    next ??= running.then(begin, begin);
    running = next;
    return next;
  };
}
