import { setImmediate as turn } from 'node:timers/promises';
import { addCounts, noCounts, type StoreCounts } from './counting-store.ts';
import { Replica, sharedTimeMs, type Place } from './replica.ts';
import { statusCost, type StatusCost } from './status-cost.ts';

/** Two processes estimate the store's clock differently by some milliseconds. */
/** Shared ends are rounded up to a second. */
const sameTimeMs = 1250;

/** The state of the replicas of one process. */
export interface HostReport {
  readonly counts: StoreCounts;
  readonly leasesBySecond: readonly (readonly [second: number, leases: number])[];
  /** The processor time of this process, in ms. */
  readonly cpuMs: number;
  /** The fewest and the most keys that a replica cannot use now. */
  readonly fewestOut: number;
  readonly mostOut: number;
  /** The fewest keys that have recovered on a replica. */
  readonly fewestRecovered: number;
}

/** The commands that a process with replicas obeys. */
export class HostCommands {
  #replicas: Replica[] = [];

  /** Starts replicas at the same moment. Returns when each was ready, in ms after the start. */
  async start({ count, keys, place }: { count: number; keys: number; place: Place }): Promise<number[]> {
    const start = performance.now();
    this.#replicas = Array.from({ length: count }, () => new Replica(place, keys));
    return Promise.all(
      this.#replicas.map(async ({ manager }) => {
        await manager.ready();
        return performance.now() - start;
      }),
    );
  }

  /** Makes one call on each replica, which finds that the first keys are refused. */
  async failKeys({ keys, waitSeconds }: { keys: number; waitSeconds: number }): Promise<void> {
    await Promise.all(
      this.#replicas.map(async (replica) => {
        replica.refusal = { keys, waitSeconds };
        await replica.call();
      }),
    );
    for (const replica of this.#replicas) replica.refusal = undefined;
  }

  /** Makes calls on each replica. Other work runs between the replicas. */
  async makeCalls({ calls }: { calls: number }): Promise<void> {
    for (const replica of this.#replicas) {
      for (let made = 0; made < calls; made++) await replica.call();
      await turn();
    }
  }

  async keepCalling({ everyMs }: { everyMs: number }): Promise<void> {
    for (const replica of this.#replicas) void replica.keepCalling(everyMs);
  }

  async report(): Promise<HostReport> {
    const counts = noCounts();
    const leases = new Map<number, number>();
    for (const { store } of this.#replicas) {
      addCounts(counts, store.counts);
      for (const [second, more] of store.leasesBySecond) leases.set(second, (leases.get(second) ?? 0) + more);
    }
    const { user, system } = process.cpuUsage();
    const out = this.#replicas.map(({ manager }) => manager.getFailedKeys().length);
    return {
      counts,
      leasesBySecond: [...leases],
      cpuMs: (user + system) / 1000,
      fewestOut: Math.min(...out),
      mostOut: Math.max(...out),
      fewestRecovered: Math.min(...this.#replicas.map(({ recovered }) => recovered)),
    };
  }

  /** How many replicas could not reach the store. */
  async away(): Promise<number> {
    return this.#replicas.filter(({ manager }) => manager.status().store?.isAway).length;
  }

  /** The latest end of each key's cooldown on any replica. */
  async latestEnds(): Promise<number[]> {
    const latest: number[] = [];
    for (const replica of this.#replicas) {
      for (const [index, end] of replica.ends().entries()) latest[index] = Math.max(latest[index] ?? 0, end);
    }
    return latest;
  }

  /** How many replicas have another truth than these ends. */
  async differing({ ends }: { ends: readonly number[] }): Promise<number> {
    return this.#replicas.filter((replica) =>
      replica.ends().some((end, index) => Math.abs(end - (ends[index] ?? 0)) > sameTimeMs),
    ).length;
  }

  /** Marks a key on the first replica. Returns the time, as `seenAt()` does. */
  async mark({ key }: { key: number }): Promise<number> {
    const { manager } = this.#replicas[0]!;
    const now = sharedTimeMs();
    manager.markKeyFailed(manager.getAllKeys()[key], 'quota-exhausted');
    return now;
  }

  async restore({ key }: { key: number }): Promise<void> {
    const { manager } = this.#replicas[0]!;
    manager.reset(manager.getAllKeys()[key]);
  }

  /** When each replica has seen that the key is out; the replicas that have not are left out. */
  async seenAt({ key }: { key: number }): Promise<number[]> {
    return this.#replicas.flatMap(({ seenAtMs }) => seenAtMs.get(key) ?? []);
  }

  async forgetSeen(): Promise<void> {
    for (const { seenAtMs } of this.#replicas) seenAtMs.clear();
  }

  /** Marks one key on each replica, each replica another one, and closes at once. */
  async markAndClose({ first, keys }: { first: number; keys: number }): Promise<void> {
    for (const [index, { manager }] of this.#replicas.entries()) {
      const secret = manager.getAllKeys()[first + index];
      if (first + index < keys) manager.markKeyFailed(secret, 'quota-exhausted');
    }
    await this.close();
  }

  /** Closes all managers at once. Returns how long each took, in ms. */
  async close(): Promise<number[]> {
    const times = await Promise.all(this.#replicas.map((replica) => replica.close()));
    await Promise.all(this.#replicas.map(({ store }) => store.close()));
    return times;
  }

  /** Uses all keys of the first replica, and measures what its status and its flushes cost. */
  async statusCost({ keys }: { keys: number }): Promise<StatusCost> {
    return statusCost(this.#replicas[0]!, keys);
  }
}
