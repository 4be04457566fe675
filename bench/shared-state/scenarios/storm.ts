import { RedisTrial } from '../redis-trial.ts';
import type { Scenario } from '../scenario.ts';

const waitSeconds = 600;

/** All keys fail at once, everywhere. */
export const storm: Scenario = {
  title: 'Storm',
  about:
    'A call on every replica finds that all keys are refused (429) with the same relative wait of 600 s. Until nothing travels any more. "differing": replicas with another truth than the rest.',
  async run(size, row) {
    await using trial = await RedisTrial.run(size);
    const { fleet, meter } = trial;
    const before = await fleet.report();
    await fleet.all('failKeys', { keys: size.keys, waitSeconds });
    row['settled s'] = (await fleet.settle()) / 1000;
    const [{ counts, cpuMs }, load] = [await fleet.report(), await meter.load()];
    row['messages'] = load.messages;
    row['received'] = counts.messages - before.counts.messages;
    row['facts sent'] = counts.facts - before.counts.facts;
    row['known before'] = counts.factsAgain - before.counts.factsAgain;
    row['syncs'] = counts.syncs - before.counts.syncs;
    row['failed'] = counts.failedSyncs - before.counts.failedSyncs;
    row['counters sent'] = counts.counters - before.counts.counters;
    row['stored before'] = counts.countersAgain - before.counts.countersAgain;
    row['MB received'] = load.receivedBytes / 1e6;
    row['MB sent'] = load.sentBytes / 1e6;
    row['Redis CPU ms'] = load.cpuMs;
    row['replicas CPU ms'] = cpuMs - before.cpuMs;
    row['differing'] = await fleet.differing();
    row['out for a new one'] = await trial.keysOut();
  },
};
