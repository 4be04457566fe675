import { setTimeout as sleep } from 'node:timers/promises';
import { redisServer, type RunningRedis } from '../redis-server.ts';
import { Fleet } from './fleet.ts';
import { RedisMeter } from './redis-meter.ts';
import { Replica } from './replica.ts';
import type { Size } from './scenario.ts';

const farAwaySeconds = 3600;

/** A server, a meter and replicas for one trial. */
export class RedisTrial implements AsyncDisposable {
  readonly server: RunningRedis;
  readonly meter: RedisMeter;
  readonly fleet: Fleet;
  readonly #keys: number;

  private constructor(server: RunningRedis, { replicas, keys }: Size) {
    this.server = server;
    this.meter = new RedisMeter(server.url);
    this.fleet = new Fleet(replicas, keys, { url: server.url });
    this.#keys = keys;
  }

  /** Starts a server. The replicas start later. */
  static async open(size: Size): Promise<RedisTrial> {
    const server = await redisServer();
    if (!server) throw new Error('redis-server is not installed');
    return new RedisTrial(server, size);
  }

  /** Starts a server and all replicas, and waits until they are in step. */
  static async run(size: Size): Promise<RedisTrial> {
    const trial = await RedisTrial.open(size);
    try {
      await trial.fleet.start();
      await trial.fleet.settle();
      await trial.meter.reset();
      return trial;
    } catch (error) {
      await trial[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Another replica finds that the first keys are refused. */
  async seed(keys: number, waitSeconds: number = farAwaySeconds): Promise<void> {
    await this.#withReader(async (reader) => {
      reader.refusal = { keys, waitSeconds };
      await reader.call();
    });
  }

  /** How many keys are out for a replica that starts now. */
  keysOut(): Promise<number> {
    return this.#withReader(async ({ manager }) => manager.getFailedKeys().length);
  }

  /** The attempts of all replicas, as one that starts now sees them. */
  attempts(expected: number): Promise<number> {
    return this.#withReader(async ({ manager }) => {
      for (let triesLeft = 8; ; triesLeft--) {
        const { keys } = manager.status();
        const seen = keys.reduce((sum, { sharedUsage }) => sum + sharedUsage.attempts, 0);
        if (seen === expected || triesLeft === 0) return seen;
        await sleep(500);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]();
    await this.meter[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }

  async #withReader<T>(use: (reader: Replica) => Promise<T>): Promise<T> {
    const reader = new Replica({ url: this.server.url }, this.#keys);
    try {
      await reader.manager.ready();
      return await use(reader);
    } finally {
      await reader.close();
      await reader.store.close();
    }
  }
}
