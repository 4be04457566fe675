import { expect } from 'vitest';
import type { KeyState } from '../../src/index.ts';
import type { ScriptedProcess } from './start-scripted-process.ts';

/** Generous limits for work that is immediate on an idle machine. */
export const patience = { timeout: 15_000, interval: 20 };

/** Waits until the keys of a process are in these states. */
export async function expectStates(child: ScriptedProcess, ...states: readonly KeyState[]): Promise<void> {
  await expect.poll(() => child.states(), patience).toEqual(states);
}

/** Waits until a process has made this many more calls. */
export async function expectCalls(child: ScriptedProcess, times: number): Promise<void> {
  const before = child.attempted.length;
  await expect.poll(() => child.attempted.length >= before + times, patience).toBe(true);
}

/** Expects one event and one log line for the start and the end of each outage, and no failed or slow call. */
export async function expectUnharmed(child: ScriptedProcess, outages: number): Promise<void> {
  const { calls, failures, p99Ms } = await child.ask('stopCalling');
  expect(failures).toEqual([]);
  expect(calls).toBeGreaterThan(10);
  expect(p99Ms).toBeLessThan(250);
  const { storeEvents, storeLines } = await child.ask('storeReport');
  const lines = Array.from({ length: outages }, () => [/^Scripted: The file store is unavailable/, /is back$/]);
  expect(storeEvents).toEqual(lines.flatMap(() => ['store.failed', 'store.recovered']));
  expect(storeLines).toEqual(lines.flat().map((line) => expect.stringMatching(line) as string));
}
