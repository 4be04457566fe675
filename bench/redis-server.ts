import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** A Redis server for the benchmark. */
export interface RunningRedis extends AsyncDisposable {
  readonly url: string;
  /** Kills the server and starts an empty one on the same port. Throws for a server of REDIS_URL. */
  restartEmpty(): Promise<void>;
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

async function startOn(port: number): Promise<ChildProcess> {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--loglevel', 'warning'];
  const server = spawn('redis-server', settings, { stdio: 'ignore' });
  const lateAtMs = performance.now() + patienceMs;
  while (!(await answers(port))) {
    if (performance.now() > lateAtMs) {
      await stop(server);
      throw new Error(`redis-server did not answer within ${patienceMs} ms.`);
    }
    await setTimeout(10);
  }
  return server;
}

async function stop(server: ChildProcess, signal?: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || !server.kill(signal)) return;
  await once(server, 'exit');
}

/** Returns the server at REDIS_URL or starts one; `undefined` when `redis-server` is not installed. */
export async function redisServer(): Promise<RunningRedis | undefined> {
  const { REDIS_URL: given } = process.env;
  if (given) {
    const restartEmpty = async (): Promise<void> => {
      throw new Error('The server of REDIS_URL cannot be restarted.');
    };
    return { url: given, restartEmpty, [Symbol.asyncDispose]: async () => {} };
  }
  if (spawnSync('redis-server', ['--version']).error) return undefined;
  const port = await freePort();
  let server = await startOn(port);
  return {
    url: `redis://127.0.0.1:${port}`,
    async restartEmpty() {
      await stop(server, 'SIGKILL');
      server = await startOn(port);
    },
    [Symbol.asyncDispose]: () => stop(server),
  };
}
