import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { emptyDirectory } from '../stores/file-store-requests.ts';
import { ScriptedProcess } from './start-scripted-process.ts';

it('four processes with one FileStore keep the limit of a minute together', { timeout: 30_000 }, async () => {
  const directory = await emptyDirectory();
  const limits = { requestsPerMinute: 60 };
  const processes = Array.from({ length: 4 }, () => new ScriptedProcess(['K1'], { directory, limits }));
  await Promise.all(processes.map((process) => process.ask('ready')));
  const [processCount, callsPerSecond] = [processes.length, 5];
  await Promise.all(processes.map((process) => process.ask('startCalling', 1000 / callsPerSecond)));
  const begun = () => processes.reduce((sum, { attempted }) => sum + attempted.length, 0);
  await expect.poll(begun, { timeout: 15_000 }).toBeGreaterThanOrEqual(60);
  await sleep(3000);
  await Promise.all(processes.map((process) => process.ask('stopCalling')));
  expect(begun()).toBeLessThanOrEqual(60 + (processCount - 1) * callsPerSecond * 2);
});
