import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** A Redis server for the benchmark. */
export interface RunningRedis extends AsyncDisposable {
  readonly url: string;
}

const patienceMs = 5000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Returns the server at REDIS_URL or starts one; `undefined` when `redis-server` is not installed. */
export async function redisServer(): Promise<RunningRedis | undefined> {
  const { REDIS_URL: given } = process.env;
  if (given) return { url: given, [Symbol.asyncDispose]: async () => {} };
  if (spawnSync('redis-server', ['--version']).error) return undefined;
  const port = await freePort();
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--loglevel', 'warning'];
  const server = spawn('redis-server', settings, { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    if (server.exitCode !== null || !server.kill()) return;
    await once(server, 'exit');
  };
  const lateAtMs = performance.now() + patienceMs;
  while (!(await answers(port))) {
    if (performance.now() > lateAtMs) {
      await stop();
      throw new Error(`redis-server did not answer within ${patienceMs} ms.`);
    }
    await setTimeout(10);
  }
  return { url: `redis://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
}
