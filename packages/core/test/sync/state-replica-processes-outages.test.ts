import { execFile } from 'node:child_process';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { expectCalls, expectUnharmed, patience } from './expect-process.ts';
import { emptyDirectory } from '../stores/file-store-requests.ts';
import { ScriptedProcess } from './start-scripted-process.ts';

const keys = ['test-key-one', 'test-key-two', 'test-key-three'];
const [one, two] = keys as [string, string];
const limited = { kind: 'rate-limited', reason: 'scripted', retryAfterMs: 3_600_000 } as const;

async function limitFileSize(pid: number, bytes: string): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', `${pid}`, `--fsize=${bytes}:unlimited`]);
}

/** Expects that what a child learns during an outage reaches a later process, and that no call fails. */
async function expectHealed(child: ScriptedProcess, directory: string, end: () => Promise<void>): Promise<void> {
  await child.ask('setOutcome', one, limited);
  await child.ask('disable', two);
  await expect.poll(async () => (await child.ask('storeReport')).storeEvents, patience).toEqual(['store.failed']);
  // Long enough for another exchange with the store.
  await expectCalls(child, 250);
  expect((await child.ask('storeReport')).storeEvents).toEqual(['store.failed']);
  await end();
  await expect
    .poll(async () => (await child.ask('storeReport')).storeEvents, patience)
    .toEqual(['store.failed', 'store.recovered']);
  await expectUnharmed(child, 1);
  await child.ask('close');
  const reader = new ScriptedProcess(keys, { directory });
  await reader.ask('ready');
  expect(await reader.states()).toEqual(['cooling', 'disabled', 'healthy']);
  const attempts = (await reader.ask('keys')).map(({ sharedUsage }) => sharedUsage.attempts);
  expect(attempts).toEqual(keys.map((key) => child.attemptsOn(key)));
}

describe('a process whose directory', () => {
  it('is read-only uses what it reads, and writes everything when it can', { timeout: 30_000 }, async () => {
    const parent = await emptyDirectory();
    await chmod(parent, 0o755);
    const directory = join(parent, 'state');
    await mkdir(directory);
    await chmod(directory, 0o555);
    const child = new ScriptedProcess(keys, { directory, isPowerless: true });
    await child.ask('ready');
    await child.ask('startCalling', 5);
    await expectHealed(child, directory, () => chmod(directory, 0o777));
  });

  it('is full continues without it, and writes everything when there is room', { timeout: 30_000 }, async () => {
    const directory = await emptyDirectory();
    const child = new ScriptedProcess(keys, { directory });
    await child.ask('ready');
    await child.ask('startCalling', 5);
    await limitFileSize(child.pid, '20');
    await expectHealed(child, directory, () => limitFileSize(child.pid, 'unlimited'));
  });

  it('has become a file continues without it, and writes everything when it is back', { timeout: 30_000 }, async () => {
    const directory = join(await emptyDirectory(), 'state');
    const child = new ScriptedProcess(keys, { directory });
    await child.ask('ready');
    await child.ask('startCalling', 5);
    await expectCalls(child, 20);
    await expect.poll(async () => (await child.ask('storeReport')).storeEvents, patience).toEqual([]);
    await rename(directory, `${directory}-gone`).catch(() => {});
    await writeFile(directory, 'no directory');
    await expectHealed(child, directory, () => rm(directory));
  });

  it('was removed creates it again, and reports no outage', { timeout: 30_000 }, async () => {
    const directory = join(await emptyDirectory(), 'state');
    const child = new ScriptedProcess(keys, { directory });
    await child.ask('ready');
    await child.ask('setOutcome', one, limited);
    await child.ask('startCalling', 5);
    await expectCalls(child, 50);
    await rm(directory, { recursive: true, force: true });
    await child.ask('disable', two);
    await expectCalls(child, 50);
    await expectUnharmed(child, 0);
    await child.ask('close');
    const reader = new ScriptedProcess(keys, { directory });
    await reader.ask('ready');
    expect(await reader.states()).toEqual(['cooling', 'disabled', 'healthy']);
  });

  it('contains invalid files ignores them', { timeout: 30_000 }, async () => {
    const directory = await emptyDirectory();
    const first = new ScriptedProcess(keys, { directory });
    await first.ask('setOutcome', one, limited);
    await first.ask('call');
    await first.ask('close');
    await first.kill();
    for (const kind of ['health', 'usage', 'folded.7', 'lease.x.3']) {
      await writeFile(join(directory, `scripted.${kind}.json`), '{"format":1,"records":[["');
      await writeFile(join(directory, `scripted.${kind}.other.json`), Buffer.from([0, 255, 1, 254]));
      await mkdir(join(directory, `scripted.${kind}.directory.json`));
    }
    const child = new ScriptedProcess(keys, { directory });
    await child.ask('ready');
    expect(await child.states()).toEqual(['cooling', 'healthy', 'healthy']);
    await child.ask('startCalling', 5);
    await child.ask('disable', two);
    await expectCalls(child, 100);
    await expectUnharmed(child, 0);
    await child.ask('close');
    const reader = new ScriptedProcess(keys, { directory });
    await reader.ask('ready');
    expect(await reader.states()).toEqual(['cooling', 'disabled', 'healthy']);
    const attempts = (await reader.ask('keys')).map(({ sharedUsage }) => sharedUsage.attempts);
    expect(attempts).toEqual(keys.map((key) => child.attemptsOn(key) + first.attemptsOn(key)));
  });
});
