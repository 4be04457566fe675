import axios from 'axios';
import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import OpenAI from 'openai';
import type { AllKeysFailedError } from '@api-key-fallback/core';
import { benchManager } from '../bench-manager.ts';
import type { Effort } from '../effort.ts';
import type { CaseReport } from '../report.ts';
import { median, worstOf } from '../statistics.ts';

const failures = 200;
const page = `<html>${'The server is overloaded. '.repeat(2500)}</html>`;
const json = JSON.stringify({ error: { message: 'The server is overloaded', type: 'server_error', code: null } });

interface Client {
  readonly name: string;
  readonly send: (url: string) => Promise<unknown>;
}

/** Real errors of one client, with the sockets and agents that they carry. */
async function errorsOf({ send }: Client, url: string): Promise<unknown[]> {
  const errors: unknown[] = [];
  for (let sent = 0; sent < failures; sent++) await send(url).catch((error: unknown) => errors.push(error));
  return errors;
}

/** Lets calls fail at once on each of four keys. Returns the longest time in ms that the event loop was held. */
async function holdOf(fail: (outage: Promise<void>) => Promise<unknown>): Promise<number> {
  const outage = Promise.withResolvers<void>();
  const calls = Array.from({ length: failures }, () => fail(outage.promise));
  await setTimeout(5);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await setTimeout(5);
  outage.resolve();
  await Promise.all(calls);
  await setTimeout(5);
  delay.disable();
  return delay.max / 1e6;
}

async function repeated(rounds: number, measure: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) values.push(await measure());
  return values;
}

/** How long many concurrent failures hold the event loop. */
export async function anOutage({ isQuick }: Effort): Promise<CaseReport> {
  const rounds = isQuick ? 11 : 51;
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    request.resume();
    const [type, body] = request.url?.startsWith('/page') ? ['text/html', page] : ['application/json', json];
    response.writeHead(503, { 'content-type': type }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const openai = async (baseURL: string) =>
    new OpenAI({ apiKey: 'unused', baseURL, maxRetries: 0 }).models.list().then(() => {});
  const clients: (Client & { readonly path: string })[] = [
    { name: 'axios with a keep-alive agent', path: '/json', send: (url) => axios.get(url, { httpAgent: agent }) },
    { name: 'OpenAI', path: '/json', send: openai },
    { name: 'OpenAI, a page of 65 KB', path: '/page', send: openai },
  ];
  const rows = [];
  for (const client of clients) {
    const errors = await errorsOf(client, `${host}${client.path}`);
    let next = 0;
    const thrown = async (outage: Promise<void>) => {
      await outage;
      throw errors[next++ % errors.length];
    };
    const bare = await repeated(rounds, () => holdOf((outage) => thrown(outage).catch(() => {})));
    const withFallback = (look: (error: AllKeysFailedError) => unknown) => (): Promise<number> => {
      const manager = benchManager();
      const call = (outage: Promise<void>) =>
        manager.retryWithFallback(() => thrown(outage), { maxRetries: 1 }).catch(look);
      return holdOf(call);
    };
    const ours = await repeated(
      rounds,
      withFallback(() => {}),
    );
    const looked = await repeated(
      rounds,
      withFallback(({ errors: copies }) => copies),
    );
    rows.push({ name: client.name, values: [bare, ours, looked].map(median) });
  }
  agent.destroy();
  server.closeAllConnections();
  server.close();
  return {
    title: 'An outage',
    about: `${failures} concurrent calls fail at the same moment on each of four keys, with real errors of the client. The event loop is watched with \`monitorEventLoopDelay\`, whose own resolution is 1 ms; the numbers are medians of ${rounds} outages.`,
    tables: [
      {
        title: 'The longest hold of the event loop',
        columns: ['bare, ms', 'ours, ms', 'ours, when the application reads `errors` of each, ms'],
        rows,
      },
    ],
    measures: {
      'outage: hold of the event loop': worstOf(
        Object.fromEntries(rows.map(({ name, values }) => [name, values[1] ?? NaN])),
      ),
    },
  };
}
