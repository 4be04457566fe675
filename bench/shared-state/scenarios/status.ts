import { RedisTrial } from '../redis-trial.ts';
import type { Scenario } from '../scenario.ts';

/** A replica with many keys. */
export const status: Scenario = {
  title: 'Status',
  about:
    'One replica that has used each key: ms of its event loop for a call of status() after that, for another one, for the flush after it, and for a flush when all keys were used since the last one.',
  sizes: [
    { replicas: 1, keys: 100 },
    { replicas: 1, keys: 1000 },
    { replicas: 1, keys: 10_000 },
  ],
  async run(size, row) {
    await using trial = await RedisTrial.run(size);
    const cost = await trial.fleet.one(0, 'statusCost', { keys: size.keys });
    row['status() ms'] = cost.statusMs;
    row['again ms'] = cost.unchangedMs;
    row['flush after it ms'] = cost.activeMs;
    row['flush of all keys ms'] = cost.usedActiveMs;
    row['longest pause ms'] = cost.longestMs;
  },
};
