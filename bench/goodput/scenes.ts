import { fate, firstOf, flapping, limited } from './behaviour.ts';
import { fixedWindow, refillingBucket, slidingWindow } from './rate-limit.ts';
import { minuteMs, perMinute, type Scene } from './scene.ts';

const stated = { isWaitStated: true };
const unstated = { isWaitStated: false };
const timeoutMs = 10_000;

/** What a service with four keys meets: limits, dead keys, hanging keys, outages, noise. */
export const scenes: readonly Scene[] = [
  {
    name: 'R1',
    about: '200 calls a minute, 60 a minute a key, wait stated',
    traffic: perMinute(200),
    provider: limited(() => slidingWindow(60), stated),
  },
  {
    name: 'R2',
    about: '200 calls a minute, 60 a minute a key, no wait stated',
    traffic: perMinute(200),
    provider: limited(() => slidingWindow(60), unstated),
  },
  {
    name: 'R3',
    about: '200 calls a minute in bursts of 40, 60 a minute a key, no wait stated; times from minute 2 on',
    traffic: perMinute(200, 40),
    provider: limited(() => slidingWindow(60), unstated),
    timedFromMs: 2 * minuteMs,
  },
  {
    name: 'R1 limits',
    about: 'R1 with `limits: { requestsPerMinute: 60 }`',
    traffic: perMinute(200),
    limits: { requestsPerMinute: 60 },
    provider: limited(() => slidingWindow(60), stated),
  },
  {
    name: 'R2 limits',
    about: 'R2 with `limits: { requestsPerMinute: 60 }`',
    traffic: perMinute(200),
    limits: { requestsPerMinute: 60 },
    provider: limited(() => slidingWindow(60), unstated),
  },
  {
    name: 'R3 limits',
    about: 'R3 with `limits: { requestsPerMinute: 60 }`; times from minute 2 on',
    traffic: perMinute(200, 40),
    limits: { requestsPerMinute: 60 },
    provider: limited(() => slidingWindow(60), unstated),
    timedFromMs: 2 * minuteMs,
  },
  {
    name: 'R4',
    about: '120 calls a minute, key 1 is refused (401) from minute 2 on',
    traffic: perMinute(120),
    provider: fate({ status: 401 }, { keys: [1], fromMs: 2 * minuteMs }),
  },
  {
    name: 'R5',
    about: '120 calls a minute with a time limit of 10 s, key 1 hangs from minute 2 on',
    traffic: perMinute(120),
    timeoutMs,
    provider: fate({ hangs: true }, { keys: [1], fromMs: 2 * minuteMs }),
  },
  {
    name: 'R6',
    about: '120 calls a minute, an outage (503) of 30 s in minute 4',
    traffic: perMinute(120),
    provider: fate({ status: 503 }, { fromMs: 4 * minuteMs, untilMs: 4.5 * minuteMs }),
  },
  {
    name: 'R7',
    about: '120 calls a minute, 5 % of all answers are 503',
    traffic: perMinute(120),
    provider: fate({ status: 503 }, { share: 0.05 }),
  },
  {
    name: 'R8',
    about: '120 calls a minute, half of the answers of key 1 are 503',
    traffic: perMinute(120),
    provider: fate({ status: 503 }, { keys: [1], share: 0.5 }),
  },
  {
    name: 'R9',
    about: '120 calls a minute, keys 1 and 2 are out of quota (402) from minute 3 on',
    traffic: perMinute(120),
    provider: fate({ status: 402 }, { keys: [1, 2], fromMs: 3 * minuteMs }),
  },
  {
    name: 'R10 sliding',
    about: '240 calls a minute of 240, 60 a minute a key in sliding windows, wait stated',
    traffic: perMinute(240),
    provider: limited(() => slidingWindow(60), stated),
  },
  {
    name: 'R10 fixed',
    about: '240 calls a minute of 240, 60 a minute a key in fixed windows, wait stated',
    traffic: perMinute(240),
    provider: limited(() => fixedWindow(60), stated),
  },
  {
    name: 'R10 bucket',
    about: '240 calls a minute of 240, 60 a minute a key in buckets that refill, wait stated',
    traffic: perMinute(240),
    provider: limited(() => refillingBucket(60), stated),
  },
  {
    name: 'R11',
    about: '120 calls a minute, key 1 is ten times slower',
    traffic: perMinute(120),
    provider: fate({ slowness: 10 }, { keys: [1] }),
  },
  {
    name: 'R12 stated',
    about: 'two processes with one store, 100 calls a minute each, 60 a minute a key, wait stated',
    traffic: perMinute(200),
    processes: 2,
    provider: limited(() => slidingWindow(60), stated),
  },
  {
    name: 'R12 unstated',
    about: 'two processes with one store, 100 calls a minute each, 60 a minute a key, no wait stated',
    traffic: perMinute(200),
    processes: 2,
    provider: limited(() => slidingWindow(60), unstated),
  },
  {
    name: 'R12 limits',
    about: 'as R12 unstated, with the limit configured',
    traffic: perMinute(200),
    processes: 2,
    provider: limited(() => slidingWindow(60), unstated),
    limits: { requestsPerMinute: 60 },
  },
  {
    name: 'H1',
    about: '200 calls a minute, 20, 50, 70 and 100 a minute a key, no wait stated',
    traffic: perMinute(200),
    provider: limited((key) => slidingWindow([20, 50, 70, 100][key - 1] ?? 60), unstated),
  },
  {
    name: 'H2',
    about: '120 calls a minute, keys 1 to 3 are refused (401) from minutes 1, 2 and 3 on',
    traffic: perMinute(120),
    provider: firstOf(...[1, 2, 3].map((key) => fate({ status: 401 }, { keys: [key], fromMs: key * minuteMs }))),
  },
  {
    name: 'H3',
    about: '120 calls a minute with a time limit of 10 s, 5 % of all answers are 503, key 2 hangs',
    traffic: perMinute(120),
    timeoutMs,
    provider: firstOf(fate({ hangs: true }, { keys: [2] }), fate({ status: 503 }, { share: 0.05 })),
  },
  {
    name: 'H4',
    about:
      '200 calls a minute in bursts of 40, 60 a minute a key in fixed windows, no wait stated; times from minute 2 on',
    traffic: perMinute(200, 40),
    provider: limited(() => fixedWindow(60), unstated),
    timedFromMs: 2 * minuteMs,
  },
  {
    name: 'H6',
    about: '120 calls a minute, key 1 works and fails (503) for a minute in turn',
    traffic: perMinute(120),
    provider: flapping({ status: 503 }, { keys: [1], everyMs: minuteMs }),
  },
  {
    name: 'H7 stated',
    about: '360 calls a minute, 2 a second a key, wait stated; times from minute 2 on',
    traffic: perMinute(360),
    provider: limited(() => slidingWindow(2, 1000), stated),
    timedFromMs: 2 * minuteMs,
  },
  {
    name: 'H7 unstated',
    about: '360 calls a minute, 2 a second a key, no wait stated; times from minute 2 on',
    traffic: perMinute(360),
    provider: limited(() => slidingWindow(2, 1000), unstated),
    timedFromMs: 2 * minuteMs,
  },
];
