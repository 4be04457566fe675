import { setTimeout as sleep } from 'node:timers/promises';
import { RedisTrial } from '../redis-trial.ts';
import type { Scenario } from '../scenario.ts';

const settleMs = 2000;
const idleSeconds = 10;

/** Replicas that do nothing. */
export const idle: Scenario = {
  title: 'Idle',
  about: 'Ten seconds without a call. The server has a fact about each key. All figures are per second.',
  async run(size, row) {
    await using trial = await RedisTrial.open(size);
    const { fleet, meter } = trial;
    await trial.seed(size.keys);
    await fleet.start();
    await fleet.settle();
    await sleep(settleMs);
    const before = await fleet.report();
    await meter.reset();
    await sleep(idleSeconds * 1000);
    const load = await meter.load();
    const { cpuMs } = await fleet.report();
    const all = [...load.commands.values()].reduce((sum, calls) => sum + calls, 0);
    const share = (ms: number): number => (100 * ms) / (idleSeconds * 1000);
    row['commands'] = all / idleSeconds;
    for (const name of ['ping', 'evalsha', 'publish', 'set', 'hget', 'hgetall', 'time']) {
      row[name] = (load.commands.get(name) ?? 0) / idleSeconds;
    }
    row['kB received'] = load.receivedBytes / 1000 / idleSeconds;
    row['kB sent'] = load.sentBytes / 1000 / idleSeconds;
    row['Redis % of a core'] = share(load.cpuMs);
    row['replicas % of a core'] = share(cpuMs - before.cpuMs);
  },
};
