import { expect } from 'vitest';
import type { KeyState } from '../../src/index.ts';
import type { ScriptedProcess } from './start-scripted-process.ts';

/** How long something may take that takes no time by itself. */
export const patience = { timeout: 15_000, interval: 20 };

/** Waits until the keys of a process are in these states. */
export async function expectStates(child: ScriptedProcess, ...states: readonly KeyState[]): Promise<void> {
  await expect.poll(() => child.states(), patience).toEqual(states);
}

/** Waits until a process has made so many more calls. */
export async function expectCalls(child: ScriptedProcess, times: number): Promise<void> {
  const before = child.attempted.length;
  await expect.poll(() => child.attempted.length >= before + times, patience).toBe(true);
}

/** Its store was away so often, which it has told once each time; no call was the worse for it. */
export async function expectUnharmed(child: ScriptedProcess, outages: number): Promise<void> {
  const { calls, failures, p99Ms } = await child.ask('stopCalling');
  expect(failures).toEqual([]);
  expect(calls).toBeGreaterThan(50);
  expect(p99Ms).toBeLessThan(50);
  const { storeEvents, storeLines } = await child.ask('told');
  const lines = Array.from({ length: outages }, () => [/^Scripted: The file store is away/, /is back$/]);
  expect(storeEvents).toEqual(lines.flatMap(() => ['store.failed', 'store.recovered']));
  expect(storeLines).toEqual(lines.flat().map((line) => expect.stringMatching(line) as string));
}
