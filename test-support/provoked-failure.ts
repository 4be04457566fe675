import { expect } from 'vitest';

/** A signal that aborts after 20 ms, while the client still waits for a server. */
export function abortSoon(): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  return controller.signal;
}

/** The error of a call that must fail. */
export function thrownBy(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.unreachable('The call must fail'),
    (thrown: unknown) => thrown,
  );
}
