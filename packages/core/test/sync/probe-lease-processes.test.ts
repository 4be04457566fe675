import { readdir, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { expectCalls, expectStates, patience } from './expect-process.ts';
import { emptyDirectory } from '../stores/file-store-requests.ts';
import { ScriptedProcess } from './start-scripted-process.ts';

const keys = ['test-key-one', 'test-key-two'];
const [one, two] = keys as [string, string];

function limited(retryAfterMs: number) {
  return { kind: 'rate-limited', reason: 'scripted', retryAfterMs } as const;
}

/** Starts eight processes that call continuously, know that the first key is cooling, and hang when they try it. */
async function startEight(directory: string, coolingMs: number): Promise<ScriptedProcess[]> {
  const children = Array.from({ length: 8 }, () => new ScriptedProcess(keys, { directory }));
  await Promise.all(children.map((child) => child.ask('ready')));
  const [first] = children as [ScriptedProcess];
  await first.ask('setOutcome', one, limited(coolingMs));
  expect(await first.ask('call')).toBe(two);
  first.attempted.splice(0);
  for (const child of children) {
    await child.ask('setOutcome', one, 'hangs');
    await expectStates(child, 'cooling', 'healthy');
  }
  await Promise.all(children.map((child) => child.ask('startCalling', 20)));
  return children;
}

function probes(children: readonly ScriptedProcess[]): readonly number[] {
  return children.map((child) => child.attemptsOn(one));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** Waits for more calls of each process, for longer than the interval between two lease requests. */
async function letCall(children: readonly ScriptedProcess[]): Promise<void> {
  await Promise.all(children.map((child) => expectCalls(child, 60)));
}

async function expectNoFailures(children: readonly ScriptedProcess[]): Promise<void> {
  for (const child of children) {
    const { calls, failures } = await child.ask('stopCalling');
    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(50);
  }
}

describe('a key whose cooldown ends, in eight processes that share a directory', () => {
  it(
    'is probed by exactly one at a time, also after that one is killed, until it works',
    { timeout: 40_000 },
    async () => {
      const directory = await emptyDirectory();
      const children = await startEight(directory, 1500);
      await expect.poll(() => sum(probes(children)), patience).toBe(1);
      const [holder] = children.splice(probes(children).indexOf(1), 1);
      await holder?.kill();
      await letCall(children);
      expect(sum(probes(children))).toBe(0);
      const [lease = '', ...others] = (await readdir(directory)).filter((name) => name.includes('.lease.'));
      expect(others).toEqual([]);
      await writeFile(
        `${directory}/${lease}`,
        JSON.stringify({ format: 1, token: 'of the dead', untilMs: Date.now() }),
      );
      await expect.poll(() => sum(probes(children)), patience).toBe(1);
      await Promise.all(children.map((child) => child.ask('setOutcome', one, limited(1500))));
      for (const child of children) await expectStates(child, 'cooling', 'healthy');
      await Promise.all(children.map((child) => child.ask('setOutcome', one, 'hangs')));
      await expect.poll(() => sum(probes(children)), patience).toBe(2);
      await letCall(children);
      expect(sum(probes(children))).toBe(2);
      await Promise.all(children.map((child) => child.ask('setOutcome', one, 'ok')));
      await expect.poll(() => probes(children).every((count) => count > 10), patience).toBe(true);
      await expectNoFailures(children);
    },
  );

  it('is probed by each on its own when the directory is gone for good', { timeout: 40_000 }, async () => {
    const directory = `${await emptyDirectory()}/state`;
    const children = await startEight(directory, 2500);
    await expect
      .poll(async () => {
        await rm(directory, { recursive: true, force: true });
        return writeFile(directory, 'no directory').then(
          () => true,
          () => false,
        );
      }, patience)
      .toBe(true);
    for (const child of children) {
      await expect.poll(async () => (await child.ask('storeReport')).storeEvents, patience).toEqual(['store.failed']);
    }
    await expect.poll(() => probes(children), patience).toEqual(children.map(() => 1));
    await letCall(children);
    expect(probes(children)).toEqual(children.map(() => 1));
    await expectNoFailures(children);
  });
});
