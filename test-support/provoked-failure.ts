import { expect } from 'vitest';

/** A signal that aborts while a server keeps the client waiting. */
export function abortSoon(): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  return controller.signal;
}

/** What a call throws that has to fail. */
export function thrownBy(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.unreachable('The call must fail'),
    (thrown: unknown) => thrown,
  );
}
