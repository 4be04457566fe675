/** How one connection attempt is told about. */
export interface DialSteps<T> {
  readonly done: (value: T) => void;
  readonly failed: (error: unknown) => void;
}

/** Runs one connection attempt; when the signal is aborted first, `abandon` has to undo what it has begun. */
export function dialOnce<T>(
  signal: AbortSignal,
  begin: (steps: DialSteps<T>) => void,
  abandon: () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    function giveUp(): void {
      abandon();
      reject(signal.reason);
    }
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    signal.addEventListener('abort', giveUp, { once: true });
    begin({
      done(value) {
        signal.removeEventListener('abort', giveUp);
        resolve(value);
      },
      failed(error) {
        signal.removeEventListener('abort', giveUp);
        abandon();
        reject(error);
      },
    });
  });
}
