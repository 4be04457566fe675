/** Node's own `setTimeout` with a promise would be a real one wherever it was imported before the timers were replaced. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
