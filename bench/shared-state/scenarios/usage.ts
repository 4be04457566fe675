import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../statistics.ts';
import { RedisTrial } from '../redis-trial.ts';
import type { Scenario } from '../scenario.ts';

const usualRounds = 3;
const mostCounters = 200_000;
const pauseMs = 1000;

/** The counters of all replicas, up to the close. */
export const usage: Scenario = {
  title: 'Usage',
  about:
    'Each replica makes a call with each key, three times with a pause of 1 s (once above 200,000 counters), and all close at once. "lost": attempts that a new replica does not see.',
  async run(size, row) {
    await using trial = await RedisTrial.run(size);
    const { fleet, meter } = trial;
    const rounds = size.replicas * size.keys > mostCounters ? 1 : usualRounds;
    const before = await fleet.report();
    for (let round = 0; round < rounds; round++) {
      await fleet.all('makeCalls', { calls: size.keys });
      await sleep(pauseMs);
    }
    const made = size.replicas * size.keys * rounds;
    const running = await fleet.report();
    const soFar = await meter.load();
    row['calls'] = made;
    row['kB an answer'] = soFar.sentBytes / 1000 / Math.max(1, running.counts.syncs - before.counts.syncs);
    row['totals an answer'] =
      (running.counts.totals - before.counts.totals) / Math.max(1, running.counts.syncs - before.counts.syncs);
    row['replicas CPU ms'] = running.cpuMs - before.cpuMs;
    row['Redis CPU ms'] = soFar.cpuMs;
    const times = (await fleet.all('close')).flat();
    const { counts } = await fleet.report();
    row['close p50 ms'] = quantile(times, 0.5);
    row['close max ms'] = Math.max(...times);
    row['syncs'] = counts.syncs - before.counts.syncs;
    row['failed'] = counts.failedSyncs - before.counts.failedSyncs;
    row['counters sent'] = counts.counters - before.counts.counters;
    row['stored before'] = counts.countersAgain - before.counts.countersAgain;
    row['lost'] = made - (await trial.attempts(made));
  },
};
