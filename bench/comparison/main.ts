import { setTimeout } from 'node:timers/promises';
import { startProviderServer } from '@api-key-fallback/testing';
import { markdownTable } from '../render-table.ts';
import { type Fault, faults } from './faults.ts';
import type { Way } from './way.ts';
import { ways } from './ways.ts';

// Makes the same calls in each way, through real clients, while the provider fails in one way, and prints what became of them.

const calls = 100;
const together = 10;
/** A call that takes longer is not served. */
const timeLimitMs = 20_000;
const keys = [1, 2, 3, 4].map((number) => `sk-comparison-${number}-00001`);

interface Outcome {
  readonly served: number;
  readonly requests: number;
  /** The requests with the first key. */
  readonly first: number;
  readonly medianMs: number;
  readonly slowestMs: number;
}

async function play(way: Way, { answers }: Fault): Promise<Outcome> {
  await using server = await startProviderServer();
  for (const [index, key] of keys.entries()) server.script(key, [answers[index] ?? 'ok']);
  const call = way.start(server.openaiBaseURL, keys);
  const durationsMs: number[] = [];
  let left = calls;
  let served = 0;
  const caller = async (): Promise<void> => {
    while (left-- > 0) {
      const startedAtMs = performance.now();
      const late = setTimeout(timeLimitMs, false, { ref: false });
      const isServed = await Promise.race([call().then(() => true), late]).catch(() => false);
      if (isServed) served++;
      durationsMs.push(performance.now() - startedAtMs);
    }
  };
  await Promise.all(Array.from({ length: together }, caller));
  durationsMs.sort((a, b) => a - b);
  return {
    served,
    requests: server.requestCount(),
    first: server.requestCount(keys[0]),
    medianMs: durationsMs[durationsMs.length / 2] ?? 0,
    slowestMs: durationsMs.at(-1) ?? 0,
  };
}

process.stdout.write(`${calls} calls, ${together} at a time, four keys.\n`);
for (const fault of faults) {
  const rows: string[][] = [];
  for (const way of ways) {
    const { served, requests, first, medianMs, slowestMs } = await play(way, fault);
    rows.push([
      way.name,
      `${served}`,
      `${requests}`,
      `${first}`,
      `${Math.round(medianMs)}`,
      `${Math.round(slowestMs)}`,
    ]);
  }
  const heading = [fault.name, 'served', 'requests', 'with key 1', 'median ms', 'slowest ms'];
  process.stdout.write(`\n${markdownTable([heading, ...rows])}\n`);
}
