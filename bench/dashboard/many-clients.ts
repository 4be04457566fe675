import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectGarbage } from '../garbage.ts';
import { median } from '../statistics.ts';
import { busyPools } from './busy-pools.ts';
import type { ClientAnswer, ClientRequest } from './client-host.ts';
import { dashboardOf } from './dashboard-of.ts';
import type { Finding, Findings } from './finding.ts';

const keyCounts = [1, 4, 200, 1000];
const callsPerSecond = 500;
const warmUpMs = 3000;
const megabyte = 1e6;

/** What the clients look at, in turns. */
const views: Readonly<Record<string, string>> = {
  overview: 'page=overview',
  'page of 4 keys': 'page=provider&provider=bench&pool=keys-4',
  'page of 1,000 keys': 'page=provider&provider=bench&pool=keys-1000',
  events: 'page=events',
};

interface Memory {
  readonly heapMB: number;
  readonly residentMB: number;
}

function memoryNow(): Memory {
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapMB: heapUsed / megabyte, residentMB: rss / megabyte };
}

/** The clients of the dashboard, in a process of their own. */
class Clients implements Disposable {
  readonly #process = fork(join(import.meta.dirname, `client-host${extname(import.meta.filename)}`));

  async ask(request: ClientRequest): Promise<ClientAnswer> {
    this.#process.send(request);
    const [answer] = (await once(this.#process, 'message')) as [ClientAnswer];
    return answer;
  }

  [Symbol.dispose](): void {
    this.#process.kill();
  }
}

/** Measures a process that serves many clients while it makes calls. */
export async function manyClients({
  clientCount,
  seconds,
}: {
  clientCount: number;
  seconds: number;
}): Promise<Findings> {
  await using pools = busyPools(keyCounts, callsPerSecond);
  const alone = await delayOf(seconds / 3);
  await using dashboard = await dashboardOf(pools.managers);
  using clients = new Clients();
  const names = Object.keys(views);
  const followed = Array.from({ length: clientCount }, (_, index) => names[index % names.length] ?? '');
  const { url, token } = dashboard;
  await clients.ask({ type: 'open', url, token, views: followed.map((name) => views[name] ?? '') });
  await sleep(warmUpMs);

  const [before, callsBefore, startedAt] = [await clients.ask({ type: 'count' }), pools.calls, performance.now()];
  const start = memoryNow();
  const first = await delayOf(seconds / 2);
  const middle = memoryNow();
  const second = await delayOf(seconds / 2);
  const end = memoryNow();
  const passed = (performance.now() - startedAt) / 1000;
  const after = await clients.ask({ type: 'count' });
  if (after.lost > 0) throw new Error(`${after.lost} clients have lost their connection.`);

  const perSecond = (name: string): number =>
    median(
      followed.flatMap((each, index) =>
        each === name ? ((after.bytes[index] ?? 0) - (before.bytes[index] ?? 0)) / 1000 / passed : [],
      ),
    );
  const rows: Finding[] = [
    { name: 'calls', value: (pools.calls - callsBefore) / passed, unit: 'calls/s' },
    { name: 'event loop lag, p99', value: Math.max(first.p99, second.p99), unit: 'ms', bar: 20 },
    { name: 'event loop lag, longest', value: Math.max(first.longest, second.longest), unit: 'ms' },
    { name: 'the same without a dashboard, p99', value: alone.p99, unit: 'ms' },
    { name: 'heap at the start', value: start.heapMB, unit: 'MB' },
    { name: 'heap in the middle', value: middle.heapMB, unit: 'MB' },
    { name: 'heap at the end', value: end.heapMB, unit: 'MB', bar: middle.heapMB * 1.1 },
    { name: 'resident at the start', value: start.residentMB, unit: 'MB' },
    { name: 'resident at the end', value: end.residentMB, unit: 'MB' },
    ...names.map((name): Finding => ({ name: `sent to a client: ${name}`, value: perSecond(name), unit: 'kB/s' })),
  ];
  const keys = keyCounts.reduce((sum, count) => sum + count, 0).toLocaleString('en');
  return {
    title: `${clientCount} clients for ${seconds} s`,
    about: `One process with ${keys} keys in ${keyCounts.length} pools makes ${callsPerSecond} calls a second, of which one in 60 is refused, and serves the clients by WebSocket. They run in another process. The heap is that after a garbage collection.`,
    rows,
  };
}

async function delayOf(seconds: number): Promise<{ readonly p99: number; readonly longest: number }> {
  // What comes before, such as a garbage collection, belongs to the measurement itself.
  await sleep(10);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await sleep(seconds * 1000);
  delay.disable();
  return { p99: delay.percentile(99) / 1e6, longest: delay.max / 1e6 };
}
