/** Reports the result of one connection attempt. */
export interface DialSteps<T> {
  readonly done: (value: T) => void;
  readonly failed: (error: unknown) => void;
}

/** Runs one connection attempt. When it fails or the signal is aborted, `abandon` must undo what it has started. */
export function dialOnce<T>(
  signal: AbortSignal,
  begin: (steps: DialSteps<T>) => void,
  abandon: () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    function onAbort(): void {
      abandon();
      reject(signal.reason);
    }
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    begin({
      done(value) {
        signal.removeEventListener('abort', onAbort);
        resolve(value);
      },
      failed(error) {
        signal.removeEventListener('abort', onAbort);
        abandon();
        reject(error);
      },
    });
  });
}
