import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A Redis server that tests may use. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
}

/** Whether there is a way to have one; says so loudly when there is none. */
export function canHaveRedis(): boolean {
  const isInstalled = spawnSync('redis-server', ['--version']).status === 0;
  if (isInstalled || process.env['REDIS_URL']) return true;
  process.stderr.write(
    '\n!!! redis-server is not installed: EXAMPLES WITH REDIS ARE NOT TESTED (apt install redis-server)\n\n',
  );
  return false;
}

/** A port that the system has just given out, and that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function waitFor(url: string): Promise<void> {
  const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: 250 });
  client.on('error', () => {});
  await client.ping();
  client.disconnect();
}

/** Starts a server of its own; where the binary is missing it is that of `REDIS_URL`. */
export async function startRedis(): Promise<RedisServer> {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    return { url: process.env['REDIS_URL'] ?? '', async [Symbol.asyncDispose]() {} };
  }
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'examples-redis-'));
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  const kill = () => server.kill('SIGKILL');
  // A test that has failed must leave no server behind.
  process.once('exit', kill);
  const url = `redis://127.0.0.1:${port}`;
  await waitFor(url);
  return {
    url,
    async [Symbol.asyncDispose]() {
      process.off('exit', kill);
      kill();
      await once(server, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
