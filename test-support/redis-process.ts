import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether the `redis-server` binary is installed. */
export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** A port that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether the server on the port is this process. One that requires a password cannot be checked, so it counts. */
async function answers(port: number, pid: number | undefined): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('INFO server\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.includes('NOAUTH') || answer.includes(`process_id:${pid}\r`);
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Waits until a condition holds, for at most 15 s. */
export async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Timed out waiting for ${what}`);
    await sleep(20);
  }
}

/** Runs `redis-cli`, and returns its output. */
export function redisCli(port: number, ...args: string[]): string {
  const { stdout, stderr } = spawnSync('redis-cli', ['-p', String(port), ...args], { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
}

const running = new Set<ChildProcess>();

// A failed test must leave no server running.
process.once('exit', () => {
  for (const server of running) server.kill('SIGKILL');
});

/** A Redis server for one test, in a new directory. */
export class RedisProcess {
  readonly port: number;
  readonly #directory = mkdtempSync(join(tmpdir(), 'redis-store-'));
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;

  constructor(port: number, ...args: string[]) {
    this.port = port;
    this.#args = args;
  }

  static start(...args: string[]): Promise<RedisProcess> {
    return startOnFreePorts(async () => new RedisProcess(await freePort(), ...args));
  }

  /** A Sentinel that watches the server on a port under the name `main`. */
  static async startSentinel(masterPort: number): Promise<RedisProcess> {
    const sentinel = new RedisProcess(await freePort());
    const config = join(sentinel.#directory, 'sentinel.conf');
    writeFileSync(
      config,
      `sentinel monitor main 127.0.0.1 ${masterPort} 1\nsentinel down-after-milliseconds main 300\n`,
    );
    await sentinel.#run([config, '--port', String(sentinel.port), '--sentinel']);
    return sentinel;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  start(): Promise<void> {
    return this.#run(['--port', String(this.port), '--save', '', '--appendonly', 'no', ...this.#args]);
  }

  async kill(): Promise<void> {
    const server = this.#process;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #run(args: readonly string[]): Promise<void> {
    const server = spawn(
      'redis-server',
      [...args, '--bind', '127.0.0.1', '--loglevel', 'warning', '--dir', this.#directory],
      {
        stdio: 'ignore',
      },
    );
    this.#process = server;
    running.add(server);
    server.once('exit', () => running.delete(server));
    // Another process may have taken the port in the meantime.
    const hasEnded = (): boolean => server.exitCode !== null || server.signalCode !== null;
    await until(async () => (await answers(this.port, server.pid)) || hasEnded(), 'redis-server');
    if (hasEnded()) throw new Error('redis-server ended during its start');
  }
}

/** Starts a server, and retries on another port when the first one was taken in the meantime. */
async function startOnFreePorts(make: () => Promise<RedisProcess>): Promise<RedisProcess> {
  for (let triesLeft = 4; ; triesLeft--) {
    const server = await make();
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.stop();
      if (triesLeft === 0) throw error;
    }
  }
}

/** Starts a cluster of three masters. */
export async function startCluster(): Promise<readonly RedisProcess[]> {
  const nodes = await Promise.all(
    [0, 1, 2].map(() =>
      startOnFreePorts(async () => {
        const port = await freePort();
        // By default, the port of the cluster bus is 10,000 higher and may exceed 65,535.
        const bus = await freePort();
        return new RedisProcess(port, '--cluster-enabled', 'yes', '--cluster-port', String(bus));
      }),
    ),
  );
  const ports = nodes.map(({ port }) => port);
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  const { stdout, status } = spawnSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The cluster was not created: ${stdout}`);
  await until(
    () => ports.every((port) => redisCli(port, 'cluster', 'info').includes('cluster_state:ok')),
    'the state of the cluster',
  );
  return nodes;
}
