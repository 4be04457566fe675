import type { Runtime } from '@api-key-fallback/core';

/** How the traffic of the demo knows the time, and when it ends. */
export interface Traffic {
  readonly clock: Pick<Runtime, 'now' | 'sleep'>;
  readonly signal: AbortSignal;
}

const atATime = 16;

/** Begins a call now and then until the traffic ends, whether the calls before have ended or not. */
export async function keepCalling(perMinute: number, call: () => Promise<unknown>, traffic: Traffic): Promise<void> {
  const { clock, signal } = traffic;
  while (!signal.aborted) {
    void attempt(call);
    const pauseMs = (60_000 / perMinute) * (0.4 + 1.2 * Math.random());
    await clock.sleep(pauseMs, signal).catch(() => {});
  }
}

/** Makes a number of calls, several at a time. */
export async function callTimes(count: number, call: () => Promise<unknown>, { signal }: Traffic): Promise<void> {
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0 && !signal.aborted) {
      left -= 1;
      await attempt(call);
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
}

/** Calls fail in the demo: that is what the dashboard shows. */
async function attempt(call: () => Promise<unknown>): Promise<void> {
  await call().catch(() => {});
}
