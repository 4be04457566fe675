import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether the binary is there. */
export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** A port that the system has just given out. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether this very process answers on the port; one that asks for a password says no more than that. */
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

/** Waits until a condition holds, for 15 s at most. */
export async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Waited in vain for ${what}`);
    await sleep(20);
  }
}

/** Runs `redis-cli` and gives back what it prints. */
export function redisCli(port: number, ...args: string[]): string {
  const { stdout, stderr } = spawnSync('redis-cli', ['-p', String(port), ...args], { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
}

const running = new Set<ChildProcess>();

// A test that has failed must leave no server behind.
process.once('exit', () => {
  for (const server of running) server.kill('SIGKILL');
});

/** A server of a test's own, in a directory of its own. */
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
    // Somebody else may have been quicker to take the port.
    const hasEnded = (): boolean => server.exitCode !== null || server.signalCode !== null;
    await until(async () => (await answers(this.port, server.pid)) || hasEnded(), 'redis-server');
    if (hasEnded()) throw new Error('redis-server has ended at once');
  }
}

/** A port that was free a moment ago need not be so any more: then the next one is tried. */
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

/** Three masters that form a cluster. */
export async function startCluster(): Promise<readonly RedisProcess[]> {
  const nodes = await Promise.all(
    [0, 1, 2].map(() =>
      startOnFreePorts(async () => {
        const port = await freePort();
        // The port of the cluster's own bus has to be below 65,536 too.
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
  if (status !== 0) throw new Error(`The cluster was not made: ${stdout}`);
  await until(
    () => ports.every((port) => redisCli(port, 'cluster', 'info').includes('cluster_state:ok')),
    'the state of the cluster',
  );
  return nodes;
}
