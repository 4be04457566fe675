import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { firstKey, patience, secondKey, useService, type RunningService } from './use-service.ts';

const workers = 3;
const limited = (seconds: number) => ({ status: 429, headers: { 'retry-after': `${seconds}` }, body: {} });

function useWorkers(file: string): RunningService {
  const directory = mkdtempSync(join(tmpdir(), 'workers-state-'));
  const service = useService(file, { STATE_DIR: directory, WORKERS: `${workers}` });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return service;
}

/** On a connection of its own, because a cluster gives each connection to the next worker. */
function chat({ url }: RunningService, signal: AbortSignal | null = null): Promise<Response> {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  return fetch(`${url}/chat`, { method: 'POST', headers, body: '{"prompt":"Bom dia"}', signal });
}

async function workerOf(service: RunningService): Promise<number> {
  const response = await chat(service);
  expect(response.status).toBe(200);
  const { reply, worker } = (await response.json()) as { reply: string; worker: number };
  expect(reply).toBe('You said: Bom dia');
  return worker;
}

/** Asks until this many workers have answered. */
async function askAll(service: RunningService): Promise<Set<number>> {
  const seen = new Set<number>();
  await vi.waitFor(async () => {
    seen.add(await workerOf(service));
    expect(seen.size).toBe(workers);
  }, patience);
  return seen;
}

/** Waits until all workers but the one that has met the limit have heard of it. */
async function untilHeard({ printed }: RunningService, key: string): Promise<void> {
  const heard = new RegExp(`Key ${key} .*reported by another process`, 'g');
  await vi.waitFor(() => expect(printed.text.match(heard)).toHaveLength(workers - 1), patience);
}

describe.each(['cluster.ts', 'worker-threads.ts'])('%s', { timeout: 180_000 }, (file) => {
  const service = useWorkers(file);

  it('uses all workers, and none tries a key that has failed in another one', async () => {
    await askAll(service);
    const before = service.provider.requestCount(firstKey);
    service.provider.script(firstKey, [limited(600)]);
    await workerOf(service);
    await untilHeard(service, '1/2');
    await askAll(service);
    expect(service.provider.requestCount(firstKey)).toBe(before + 1);
  });

  it.runIf(file === 'cluster.ts')(
    'replaces a worker that ends, and the new one knows which key has failed',
    async () => {
      const before = service.provider.requestCount(firstKey);
      const [killed = 0, ...others] = await askAll(service);
      process.kill(killed, 'SIGKILL');
      await vi.waitFor(() => expect(service.printed.text).toContain(`Worker ${killed} has ended (SIGKILL)`), patience);
      await vi.waitFor(async () => expect([killed, ...others]).not.toContain(await workerOf(service)), patience);
      expect(service.provider.requestCount(firstKey)).toBe(before);
    },
  );

  it('ends the request to the provider when the client leaves', async () => {
    service.provider.script(secondKey, ['hang']);
    const gone = new AbortController();
    const response = chat(service, gone.signal);
    await vi.waitFor(() => expect(service.provider.openCount).toBe(1), patience);
    gone.abort();
    await expect(response).rejects.toThrow(/abort/i);
    await vi.waitFor(() => expect(service.provider.openCount).toBe(0), patience);
  });

  it('answers 503 with Retry-After in each worker when no key is left, after one request to the provider', async () => {
    service.provider.script(secondKey, [limited(120)]);
    const before = service.provider.requestCount();
    const responses = [await chat(service)];
    await untilHeard(service, '2/2');
    for (let asked = 0; asked < 2 * workers; asked++) responses.push(await chat(service));
    for (const response of responses) {
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(121);
      expect(await response.json()).toEqual({ error: 'rate-limited' });
    }
    expect(service.provider.requestCount()).toBe(before + 1);
  });

  it('answers 400 to a body without a prompt', async () => {
    const before = service.provider.requestCount();
    const headers = { 'content-type': 'application/json', connection: 'close' };
    for (const body of ['null', '{}', '{"prompt":5}', '{"prompt":']) {
      const { status } = await fetch(`${service.url}/chat`, { method: 'POST', headers, body });
      expect({ body, status }).toEqual({ body, status: 400 });
    }
    expect(service.provider.requestCount()).toBe(before);
  });

  it('ends by SIGTERM', async () => {
    const ended = once(service.process, 'exit');
    service.process.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});
