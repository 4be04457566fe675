import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fleet } from '../fleet.ts';
import type { Scenario } from '../scenario.ts';
import { measurePropagation } from './propagation.ts';

const settleMs = 5000;
const idleSeconds = 10;
const waitSeconds = 600;
const keys = 20;

/** Stores that share a directory. */
export const files: Scenario = {
  title: 'Files',
  about:
    'Replicas with a FileStore each in one directory, in two processes: propagation of a mark, a storm, then ten seconds without a call.',
  sizes: [10, 50, 200].map((replicas) => ({ replicas, keys })),
  async run(size, row) {
    const directory = await mkdtemp(join(tmpdir(), 'bench-files-'));
    await using fleet = new Fleet(size.replicas, size.keys, { directory });
    try {
      row['ready max ms'] = Math.max(...(await fleet.start()));
      await fleet.settle();
      await measurePropagation(fleet, size, row);
      await fleet.settle();
      const before = await fleet.report();
      await fleet.all('failKeys', { keys: size.keys, waitSeconds });
      row['storm settled s'] = (await fleet.settle()) / 1000;
      const after = await fleet.report();
      row['facts sent'] = after.counts.facts - before.counts.facts;
      row['storm CPU ms'] = after.cpuMs - before.cpuMs;
      row['fewest out'] = after.fewestOut;
      row['differing'] = await fleet.differing();
      row['away'] = (await fleet.all('away')).reduce((sum, count) => sum + count, 0);
      row['failed'] = (await fleet.report()).counts.failedSyncs;
      await sleep(settleMs);
      const { cpuMs } = await fleet.report();
      await sleep(idleSeconds * 1000);
      row['idle % of a core'] = (100 * ((await fleet.report()).cpuMs - cpuMs)) / (idleSeconds * 1000);
      row['files'] = (await readdir(directory)).length;
    } finally {
      await fleet[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    }
  },
};
