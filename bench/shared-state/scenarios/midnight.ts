import { setTimeout as sleep } from 'node:timers/promises';
import { RedisTrial } from '../redis-trial.ts';
import type { Scenario } from '../scenario.ts';

const waitSeconds = 6;
const leadMs = 1000;
const callEveryMs = 500;
const longestMs = 60_000;

/** Quotas that come back at the same moment. */
export const midnight: Scenario = {
  title: 'Midnight',
  about:
    'All keys are out and come back at the same moment, while each replica makes two calls a second. "healthy": how long until each key has recovered everywhere.',
  async run(size, row) {
    await using trial = await RedisTrial.run(size);
    const { fleet, meter } = trial;
    const backAtMs = Date.now() + waitSeconds * 1000;
    await trial.seed(size.keys, waitSeconds);
    await fleet.until(({ fewestOut }) => fewestOut === size.keys, waitSeconds * 1000);
    await sleep(backAtMs - leadMs - Date.now());
    const before = await fleet.report();
    await meter.reset();
    await fleet.all('keepCalling', { everyMs: callEveryMs });
    const limitMs = backAtMs + longestMs - Date.now();
    await fleet.until(({ fewestRecovered }) => fewestRecovered >= size.keys, limitMs);
    const [{ counts, leasesBySecond, fewestRecovered }, load] = [await fleet.report(), await meter.load()];
    row['healthy s'] = fewestRecovered >= size.keys ? (Date.now() - backAtMs) / 1000 : Infinity;
    row['fewest recovered'] = fewestRecovered;
    row['leases asked'] = counts.leases - before.counts.leases;
    row['most a second'] = Math.max(0, ...leasesBySecond.map(([, leases]) => leases));
    row['granted'] = counts.granted - before.counts.granted;
    row['facts sent'] = counts.facts - before.counts.facts;
    row['messages'] = load.messages;
    row['syncs'] = counts.syncs - before.counts.syncs;
    row['MB sent'] = load.sentBytes / 1e6;
    row['Redis CPU ms'] = load.cpuMs;
  },
};
