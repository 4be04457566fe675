import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fleet } from '../fleet.ts';
import { Replica } from '../replica.ts';
import type { Scenario } from '../scenario.ts';

const idleSeconds = 10;
const keys = 20;
const instance = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Writes the two files of one replica, and closes it. */
async function writeFiles(directory: string): Promise<void> {
  const replica = new Replica({ directory }, keys);
  await replica.manager.ready();
  replica.refusal = { keys: keys / 2, waitSeconds: 3600 };
  await replica.call();
  await replica.close();
  await replica.store.close();
}

/** Copies the files under the names of other hosts. */
async function copyToHosts(directory: string, count: number): Promise<void> {
  const originals = await readdir(directory);
  for (let host = 0; host < count / originals.length; host++) {
    for (const name of originals) {
      // The name is pool.kind.host.boot.pid.start.id.json
      const parts = name.split('.').with(2, `host-${host}`);
      const text = await readFile(join(directory, name), 'utf8');
      await writeFile(join(directory, parts.join('.')), text.replaceAll(instance, crypto.randomUUID()));
    }
  }
  for (const name of originals) await rm(join(directory, name));
}

/** A directory with the files of many other hosts. */
export const otherHosts: Scenario = {
  title: 'Other hosts',
  about:
    'One replica starts in a directory with this many files of other hosts (here: replicas), half with health and half with usage.',
  sizes: [100, 1000, 10_000].map((replicas) => ({ replicas, keys })),
  async run(size, row) {
    const directory = await mkdtemp(join(tmpdir(), 'bench-hosts-'));
    await using fleet = new Fleet(1, size.keys, { directory });
    try {
      await writeFiles(directory);
      await copyToHosts(directory, size.replicas);
      row['files'] = (await readdir(directory)).length;
      const start = await fleet.report();
      row['ready ms'] = Math.max(...(await fleet.start()));
      const ready = await fleet.report();
      row['ready CPU ms'] = ready.cpuMs - start.cpuMs;
      row['facts known'] = ready.fewestOut;
      await fleet.settle();
      const idle = await fleet.report();
      await sleep(idleSeconds * 1000);
      row['idle % of a core'] = (100 * ((await fleet.report()).cpuMs - idle.cpuMs)) / (idleSeconds * 1000);
      await fleet.all('keepCalling', { everyMs: 1000 });
      const calling = await fleet.report();
      await sleep(idleSeconds * 1000);
      const last = await fleet.report();
      row['calling % of a core'] = (100 * (last.cpuMs - calling.cpuMs)) / (idleSeconds * 1000);
      row['failed'] = last.counts.failedSyncs;
      row['close ms'] = Math.max(...(await fleet.all('close')).flat());
    } finally {
      await fleet[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    }
  },
};
