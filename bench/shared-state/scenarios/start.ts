import { quantile } from '../../statistics.ts';
import { RedisTrial } from '../redis-trial.ts';
import type { Scenario } from '../scenario.ts';

/** Replicas that start at the same moment. */
export const start: Scenario = {
  title: 'Start',
  about: 'All replicas start at once. The server has a fact about each key. Until nothing travels any more.',
  async run(size, row) {
    await using trial = await RedisTrial.open(size);
    const { fleet, meter } = trial;
    await trial.seed(size.keys);
    await meter.reset();
    const times = await fleet.start();
    row['ready p50 ms'] = quantile(times, 0.5);
    row['ready max ms'] = Math.max(...times);
    row['settled s'] = (row['ready max ms'] + (await fleet.settle())) / 1000;
    const [{ counts, fewestOut }, load] = [await fleet.report(), await meter.load()];
    row['fewest facts known'] = fewestOut;
    row['syncs'] = counts.syncs;
    row['facts sent'] = counts.facts;
    row['counters sent'] = counts.counters;
    row['messages'] = load.messages;
    row['MB received'] = load.receivedBytes / 1e6;
    row['MB sent'] = load.sentBytes / 1e6;
    row['Redis CPU ms'] = load.cpuMs;
    row['away'] = (await fleet.all('away')).reduce((sum, count) => sum + count, 0);
  },
};
