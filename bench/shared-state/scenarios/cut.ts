import { RedisTrial } from '../redis-trial.ts';
import type { Scenario } from '../scenario.ts';

/** The last fact of a replica whose connection was just cut. */
export const cut: Scenario = {
  title: 'Cut',
  about:
    'The server closes all connections for commands. At once, replicas mark a key each, every one another key, and close. "lost": facts that a new replica does not see.',
  async run(size, row) {
    await using trial = await RedisTrial.run(size);
    const { fleet, meter } = trial;
    await meter.client.call('CLIENT', 'KILL', 'TYPE', 'normal');
    const start = performance.now();
    await fleet.markAndClose();
    row['closed s'] = (performance.now() - start) / 1000;
    const { counts } = await fleet.report();
    row['facts'] = Math.min(size.replicas, size.keys);
    row['failed syncs'] = counts.failedSyncs;
    row['lost'] = row['facts'] - (await trial.keysOut());
  },
};
