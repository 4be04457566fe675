import type { Bar } from './bar.ts';
import { fate, fateOfAttempts } from './behaviour.ts';
import { atOnce, inTurn, type Scene, type Traffic } from './scene.ts';

/** A scene of a few seconds with a single fault, and what is asked of it. */
export interface Trial extends Scene {
  readonly bar: Bar;
}

const servedWhole: Bar = { servedAtLeast: 100 };
/** As p-retry, but for a call or two. */
const asMany: Bar = { servedBelowBest: 1 };

function everySecond(calls: number): Traffic {
  return { calls, everyMs: 1000 };
}

function ways(calls: number): readonly (readonly [string, Traffic])[] {
  return [
    ['in turn', inTurn(calls)],
    ['one a second', everySecond(calls)],
    ['at once', atOnce(calls)],
  ];
}

const timeoutMs = 10_000;

const deadFirstKey: readonly Trial[] = [1, 3].flatMap((maxRetries) =>
  [5, 20, 50, 200, 1000].map((calls) => ({
    name: `key 1 of two always 500, ${calls} at once, maxRetries ${maxRetries}`,
    keys: 2,
    maxRetries,
    traffic: atOnce(calls),
    provider: fate({ status: 500 }, { keys: [1] }),
    bar: servedWhole,
  })),
);

const badFirstOfFour: readonly Trial[] = [
  {
    name: 'key 1 of four always 503, 1000 at once',
    traffic: atOnce(1000),
    provider: fate({ status: 503 }, { keys: [1] }),
    bar: servedWhole,
  },
  {
    name: 'keys 1 to 3 of four always 503, 1000 at once',
    traffic: atOnce(1000),
    provider: fate({ status: 503 }, { keys: [1, 2, 3] }),
    bar: servedWhole,
  },
  {
    name: 'key 1 of four hangs (limit 10 s), 1000 at once',
    timeoutMs,
    traffic: atOnce(1000),
    provider: fate({ hangs: true }, { keys: [1] }),
    bar: servedWhole,
  },
];

const oneKey: readonly Trial[] = [
  {
    name: 'one key, each call needs 3 attempts, 600 calls, one a second',
    keys: 1,
    traffic: everySecond(600),
    provider: fateOfAttempts({ status: 503 }, 2),
    bar: servedWhole,
  },
  ...[20, 200, 1000].map((calls) => ({
    name: `one key, ${calls} at once, each reset once`,
    keys: 1,
    traffic: atOnce(calls),
    provider: fateOfAttempts({ status: 0 }, 1),
    bar: servedWhole,
  })),
];

const noise: readonly Trial[] = [1, 4].flatMap((keys) =>
  ways(300).map(([way, traffic]) => ({
    name: `20 % of answers are 500, ${keys === 1 ? 'one key' : 'four keys'}, 300 calls ${way}`,
    keys,
    traffic,
    provider: fate({ status: 500 }, { share: 0.2 }),
    bar: asMany,
  })),
);

const heavyNoise: readonly Trial[] = [
  {
    name: '50 % of answers are 500, four keys, 2000 calls, 20 a second',
    traffic: { calls: 2000, everyMs: 50 },
    provider: fate({ status: 500 }, { share: 0.5 }),
    bar: asMany,
  },
];

const outages: readonly Trial[] = [
  {
    name: 'outage (503), 1000 calls in turn',
    traffic: inTurn(1000),
    provider: fate({ status: 503 }),
    bar: { requestsPerCallAtMost: 1.1 },
  },
  {
    name: 'outage (503), 1000 at once',
    traffic: atOnce(1000),
    provider: fate({ status: 503 }),
    bar: { requestsPerCallAtMost: 1.1 },
  },
  {
    name: 'outage (503), 100 at once',
    traffic: atOnce(100),
    provider: fate({ status: 503 }),
    // The requests that find out that every key is down are shared by fewer calls.
    bar: { requestsPerCallAtMost: 1.45 },
  },
  {
    name: 'outage (all hang, limit 10 s), 1000 calls in turn',
    timeoutMs,
    traffic: inTurn(1000),
    provider: fate({ hangs: true }),
    bar: { requestsPerCallAtMost: 1.3 },
  },
  {
    name: 'outage (all hang, limit 10 s), 1000 at once',
    timeoutMs,
    traffic: atOnce(1000),
    provider: fate({ hangs: true }),
    bar: { requestsPerCallAtMost: 1.1 },
  },
];

/** Single faults, each in its plainest form. */
export const trials: readonly Trial[] = [
  ...deadFirstKey,
  ...badFirstOfFour,
  ...oneKey,
  ...noise,
  ...heavyNoise,
  ...outages,
];
