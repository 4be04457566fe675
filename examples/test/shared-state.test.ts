import { createServer, type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../test-support/redis-process.ts';
import { runExample } from './run-example.ts';
import { canHaveRedis, startRedis } from './start-redis.ts';

const keys = ['sk-example-first-00001', 'sk-example-second-0001'];

/** Checks the output of the three workers, which is the same for every store. */
function expectShared({ code, output }: { readonly code: number | null; readonly output: string }): void {
  const outcome = output.split('\n').filter((line) => /You said|attempts by all processes: [1-9]|^Requests/.test(line));
  expect(outcome).toEqual([
    'worker A: You said: Which key works? (with OPENAI_API_KEY_2)',
    'worker B: You said: Did you skip the first key? (with OPENAI_API_KEY_2)',
    'worker C, started later: OPENAI_API_KEY is cooling, attempts by all processes: 1',
    'worker C, started later: OPENAI_API_KEY_2 is healthy, attempts by all processes: 2',
    'worker C, started later: You said: Do you remember it? (with OPENAI_API_KEY_2)',
    'Requests at the provider: 1 with the first key, 3 with the second',
  ]);
  expect(output).toContain('worker A: OpenAI: Key 1/2 failed. Trying next key...');
  expect(output).toContain('worker B: OPENAI_API_KEY is cooling down (quota-exhausted), reported by another process');
  for (const key of keys) expect(output).not.toContain(key);
  expect(code).toBe(0);
}

describe('processes that share the state of their keys', { timeout: 60_000 }, () => {
  it('shared-state: in a directory', async () => {
    const run = await runExample('shared-state.ts');
    expectShared(run);
    expect(run.output).toMatch(/Left on the disk:\n(?: {2}openai-\S+\.json\n)+$/);
  });

  it.runIf(canHaveRedis())('redis: in a Redis server, which is empty afterwards', async () => {
    await using server = await startRedis();
    const run = await runExample('redis.ts', { REDIS_URL: server.url });
    expectShared(run);
    expect(run.output).toMatch(/Left in Redis:\n(?: {2}akf-example-\S+:\{openai\}:\S+\n)+$/);
    const client = new Redis(server.url);
    expect(await client.keys('akf-example-*')).toEqual([]);
    client.disconnect();
  });

  it('redis: reports that no server is reachable', async () => {
    const port = await freePort();
    const { code, output } = await runExample('redis.ts', { REDIS_URL: `redis://:not-for-print@127.0.0.1:${port}` });
    expect(output).toBe(
      `No Redis server answers at 127.0.0.1:${port}. Start one there or set REDIS_URL; nothing was done.\n`,
    );
    expect(code).toBe(0);
  });

  it('redis: reports a server that accepts connections but never responds', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as AddressInfo;
    const { code, output } = await runExample('redis.ts', { REDIS_URL: `redis://127.0.0.1:${port}` });
    silent.close();
    expect(output).toContain(`No Redis server answers at 127.0.0.1:${port}.`);
    expect(code).toBe(0);
  });
});
