import { Redis } from 'ioredis';

/** What a server has done. */
export interface Load {
  /** Name → calls, also of those that scripts make. */
  readonly commands: ReadonlyMap<string, number>;
  readonly messages: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly cpuMs: number;
}

interface ServerLoad extends Load {
  /** Changes when the server restarts. */
  readonly runId: string;
}

function numberIn(info: string, name: string): number {
  return Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1] ?? 0);
}

/** Measures a server through a connection of its own. */
export class RedisMeter implements AsyncDisposable {
  readonly client: Redis;
  #before: ServerLoad | undefined;

  constructor(url: string) {
    this.client = new Redis(url);
    this.client.on('error', () => {});
  }

  /** Starts to measure. */
  async reset(): Promise<void> {
    await this.client.config('RESETSTAT');
    this.#before = await this.#read();
  }

  /** The load since `reset()`; after a restart, since the start of the new server. */
  async load(): Promise<Load> {
    const [now, before] = [await this.#read(), this.#before];
    if (now.runId !== before?.runId) return now;
    return {
      ...now,
      receivedBytes: now.receivedBytes - before.receivedBytes,
      sentBytes: now.sentBytes - before.sentBytes,
      cpuMs: now.cpuMs - before.cpuMs,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.disconnect();
  }

  async #read(): Promise<ServerLoad> {
    const [server, stats, cpu, commandStats] = [
      await this.client.info('server'),
      await this.client.info('stats'),
      await this.client.info('cpu'),
      await this.client.info('commandstats'),
    ];
    const lines = commandStats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm);
    const commands = new Map([...lines].map(([, name = '', calls]) => [name, Number(calls)]));
    return {
      runId: /^run_id:(\w+)/m.exec(server)?.[1] ?? '',
      commands,
      messages: (commands.get('publish') ?? 0) + (commands.get('spublish') ?? 0),
      receivedBytes: numberIn(stats, 'total_net_input_bytes'),
      sentBytes: numberIn(stats, 'total_net_output_bytes'),
      cpuMs: 1000 * (numberIn(cpu, 'used_cpu_user') + numberIn(cpu, 'used_cpu_sys')),
    };
  }
}
