/** The value, or a rejection with the signal's reason as soon as it is aborted. Leaves no listener behind. */
export function abortable<T>(value: T | PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return Promise.resolve(value);
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    const leave = () => signal.removeEventListener('abort', abort);
    Promise.resolve(value).then(
      (result) => {
        leave();
        resolve(result);
      },
      (error: unknown) => {
        leave();
        reject(error as Error);
      },
    );
  });
}

/** What starts timers; replaced in tests. */
export interface Timers {
  /**
   * Calls `fire` after `ms`, unless the returned function is called before.
   *
   * One in the background does not keep the process alive.
   */
  readonly timer: (ms: number, fire: () => void, isInBackground?: boolean) => () => void;
}

/** A signal that is aborted after some time, unless that is cancelled before. */
export interface Timeout {
  readonly signal: AbortSignal;
  readonly abort: (reason: unknown) => void;
  readonly cancel: () => void;
}

/** As `AbortSignal.timeout(ms)`, which follows no injected clock and cannot be cancelled. */
export function startTimeout(
  { timer }: Timers,
  ms: number,
  reason: () => unknown = () => new DOMException(`It took longer than ${ms} ms.`, 'TimeoutError'),
): Timeout {
  const controller = new AbortController();
  const abort = (why: unknown) => controller.abort(why);
  const cancel = ms === Infinity ? () => {} : timer(ms, () => abort(reason()));
  return { signal: controller.signal, abort, cancel };
}

/** Runs something that must end within `ms`: its signal is aborted then, and the result rejects with the reason. */
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
