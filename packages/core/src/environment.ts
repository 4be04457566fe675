/** Where time and chance come from; replaced in tests. */
export interface Environment {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects at once with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls `fire` after `ms`, unless the function that it gives back is called before.
   *
   * One in the background does not keep the process alive.
   */
  timer(ms: number, fire: () => void, isInBackground?: boolean): () => void;
  /** From 0 (inclusive) to 1. */
  random(): number;
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    if (ms === 0) return resolve();
    const abort = () => {
      clearTimeout(handle);
      reject(signal?.reason);
    };
    const handle = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

function timer(ms: number, fire: () => void, isInBackground = false): () => void {
  const handle = setTimeout(fire, ms);
  if (isInBackground) handle.unref();
  return () => clearTimeout(handle);
}

function now(): number {
  return Date.now();
}

/** The real clock, timer and random source, looked up at each call so that fake timers work, except what is replaced. */
export function createEnvironment(replaced: Partial<Environment> = {}): Environment {
  return {
    now: replaced.now?.bind(replaced) ?? now,
    sleep: replaced.sleep?.bind(replaced) ?? sleep,
    timer: replaced.timer?.bind(replaced) ?? timer,
    random: replaced.random?.bind(replaced) ?? (() => Math.random()),
  };
}
