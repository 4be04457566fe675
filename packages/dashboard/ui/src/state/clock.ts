import { signal, type ReadonlySignal } from '@preact/signals';

const now = signal(Date.now());
let offsetMs = 0;

/** The server's clock, in ms since the epoch. It ticks at each of its seconds. */
export const nowMs: ReadonlySignal<number> = now;

/** The server's clock at this moment, between two ticks. */
export function serverTime(): number {
  return Date.now() + offsetMs;
}

/** Sets the clock by a message that has just arrived. */
export function setServerTime(serverMs: number): void {
  const change = serverMs - serverTime();
  offsetMs += change;
  // The latency of a message must not move all countdowns.
  if (Math.abs(change) > 2000) now.value = serverMs;
}

/** Starts to tick. */
export function startClock(): void {
  now.value = serverTime();
  setTimeout(startClock, 1000 - (serverTime() % 1000) + 5);
}
