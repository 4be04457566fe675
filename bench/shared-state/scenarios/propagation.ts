import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../statistics.ts';
import type { Fleet } from '../fleet.ts';
import { RedisTrial } from '../redis-trial.ts';
import type { Row, Scenario, Size } from '../scenario.ts';

const marks = 20;
const longestMs = 5000;
const pauseMs = 250;

/** Marks one key after the other, and measures when each replica has seen it. */
export async function measurePropagation(fleet: Fleet, { replicas, keys }: Size, row: Row): Promise<void> {
  const delays: number[] = [];
  let unseen = 0;
  for (let mark = 0; mark < marks; mark++) {
    const key = mark % keys;
    await fleet.all('forgetSeen');
    const markedAtMs = await fleet.one(mark, 'mark', { key });
    let seen: number[] = [];
    for (let waitedMs = 0; seen.length < replicas && waitedMs < longestMs; waitedMs += pauseMs) {
      await sleep(pauseMs);
      seen = (await fleet.all('seenAt', { key })).flat();
    }
    delays.push(...seen.map((seenAtMs) => seenAtMs - markedAtMs));
    unseen += replicas - seen.length;
    await fleet.one(mark, 'restore', { key });
    await sleep(pauseMs);
  }
  row['p50 ms'] = quantile(delays, 0.5);
  row['p99 ms'] = quantile(delays, 0.99);
  row['max ms'] = Math.max(...delays);
  row['unseen'] = unseen;
}

/** A key that one replica has marked. */
export const propagation: Scenario = {
  title: 'Propagation',
  about: 'One replica marks a key and resets it later, 20 times. From the mark to the event on each replica.',
  async run(size, row) {
    await using trial = await RedisTrial.run(size);
    const { fleet, meter } = trial;
    const before = await fleet.report();
    await measurePropagation(fleet, size, row);
    const [{ counts }, load] = [await fleet.report(), await meter.load()];
    row['messages'] = load.messages;
    row['syncs'] = counts.syncs - before.counts.syncs;
    row['facts sent'] = counts.facts - before.counts.facts;
    row['counters sent'] = counts.counters - before.counts.counters;
    row['MB sent'] = load.sentBytes / 1e6;
    row['Redis CPU ms'] = load.cpuMs;
  },
};
