import { setTimeout as sleep } from 'node:timers/promises';
import { RedisTrial } from '../redis-trial.ts';
import type { Row, Scenario, Size } from '../scenario.ts';

const longestMs = 60_000;
const callEveryMs = 1000;

async function measureLoss(size: Size, row: Row, lose: (trial: RedisTrial) => Promise<unknown>): Promise<void> {
  // The calls succeed with one key more.
  await using trial = await RedisTrial.run({ ...size, keys: size.keys + 1 });
  const { fleet, meter } = trial;
  await trial.seed(size.keys);
  await fleet.until(({ fewestOut }) => fewestOut === size.keys, longestMs);
  await fleet.all('keepCalling', { everyMs: callEveryMs });
  await sleep(2 * callEveryMs);
  const before = await fleet.report();
  await meter.reset();
  const start = performance.now();
  await lose(trial);
  await fleet.until(async () => (await trial.keysOut()) === size.keys, longestMs);
  row['all back s'] = (performance.now() - start) / 1000;
  row['settled s'] = row['all back s'] + (await fleet.settle()) / 1000;
  const [{ counts }, load] = [await fleet.report(), await meter.load()];
  row['facts sent'] = counts.facts - before.counts.facts;
  row['syncs'] = counts.syncs - before.counts.syncs;
  row['failed'] = counts.failedSyncs - before.counts.failedSyncs;
  row['counters sent'] = counts.counters - before.counts.counters;
  row['messages'] = load.messages;
  row['MB received'] = load.receivedBytes / 1e6;
  row['MB sent'] = load.sentBytes / 1e6;
  row['Redis CPU ms'] = load.cpuMs;
  row['out for a new one'] = await trial.keysOut();
  row['differing'] = await fleet.differing();
  row['away'] = (await fleet.all('away')).reduce((sum, count) => sum + count, 0);
}

/** A server that loses its data and keeps running. */
export const emptied: Scenario = {
  title: 'Emptied',
  about:
    'FLUSHALL while each replica knows a fact about each key and makes a call a second with one key more. "all back": a new replica reads every fact.',
  run: (size, row) => measureLoss(size, row, ({ meter }) => meter.client.flushall()),
};

/** A server that is killed and comes back without data. */
export const restarted: Scenario = {
  title: 'Restarted',
  about: 'The same, but the server is killed and comes back empty.',
  run: (size, row) => measureLoss(size, row, ({ server }) => server.restartEmpty()),
};
