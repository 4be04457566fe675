/** Settles like `value`, or rejects with the signal's reason once it aborts. Removes its listener either way. */
export function abortable<T>(value: T | PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return Promise.resolve(value);
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    const removeListener = () => signal.removeEventListener('abort', abort);
    Promise.resolve(value).then(
      (result) => {
        removeListener();
        resolve(result);
      },
      (error: unknown) => {
        removeListener();
        reject(error as Error);
      },
    );
  });
}

/** The longest time in ms that a timer can wait. A longer one fires at once. */
export const longestTimerMs: number = 2 ** 31 - 1;

/** Starts timers. Tests replace it. */
export interface Timers {
  /**
   * Calls `fire` after `ms` milliseconds. The returned function cancels the timer.
   *
   * A background timer does not keep the process alive.
   */
  readonly timer: (ms: number, fire: () => void, isInBackground?: boolean) => () => void;
}

/** A signal that aborts after a time, unless `cancel()` is called first. */
export interface Timeout {
  readonly signal: AbortSignal;
  readonly abort: (reason: unknown) => void;
  readonly cancel: () => void;
}

/** Like `AbortSignal.timeout(ms)`, but it can be cancelled and uses the given timers. `Infinity` never aborts. */
export function startTimeout(
  { timer }: Timers,
  ms: number,
  reason: () => unknown = () => new DOMException(`Timed out after ${ms} ms.`, 'TimeoutError'),
): Timeout {
  const controller = new AbortController();
  const abort = (why: unknown) => controller.abort(why);
  const cancel = ms === Infinity ? () => {} : timer(ms, () => abort(reason()));
  return { signal: controller.signal, abort, cancel };
}

/**
 * Runs `run` with a time limit of `ms` milliseconds. On timeout it aborts the signal and rejects with `reason()`, by default a
 * `DOMException` of the name `TimeoutError`.
 *
 * @example
 * const runtime = createRuntime();
 * const response = await inTime(runtime, 5000, (signal) => fetch('https://status.example.com', { signal }));
 */
export async function inTime<T>(
  timers: Timers,
  ms: number,
  run: (signal: AbortSignal) => PromiseLike<T>,
  reason?: () => unknown,
): Promise<T> {
  const { signal, cancel } = startTimeout(timers, ms, reason);
  try {
    return await abortable(run(signal), signal);
  } finally {
    cancel();
  }
}
