import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addCounts, noCounts } from './counting-store.ts';
import type { HostCommands, HostReport } from './host-commands.ts';
import type { HostAnswer, HostRequest } from './replica-host.ts';
import type { Place } from './replica.ts';

const mostReplicasPerHost = 125;
const fewestHosts = 2;
const pollMs = 250;
const quietMs = 1500;
const longestMs = 60_000;

type Argument<Name extends keyof HostCommands> = Parameters<HostCommands[Name]>[0];
type Answer<Name extends keyof HostCommands> = Awaited<ReturnType<HostCommands[Name]>>;

class Host {
  readonly replicas: number;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #requests = 0;

  constructor(replicas: number) {
    this.replicas = replicas;
    this.#process = fork(join(import.meta.dirname, `replica-host${extname(import.meta.filename)}`));
    this.#process.on('message', ({ id, value, error }: HostAnswer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(value as never);
      else waiting?.reject(new Error(error));
    });
    this.#process.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('stopped'));
    });
  }

  ask<Name extends keyof HostCommands>(name: Name, argument?: Argument<Name>): Promise<Answer<Name>> {
    const id = this.#requests++;
    const request: HostRequest = { id, name, argument };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.send(request, (error) => error && reject(error));
    });
  }

  async stop(): Promise<void> {
    if (this.#process.kill('SIGKILL')) await once(this.#process, 'exit');
  }
}

/** Replicas that share one place, in a few processes. */
export class Fleet implements AsyncDisposable {
  static readonly #running = new Set<Fleet>();
  readonly #hosts: readonly Host[];
  readonly #place: Place;
  readonly #keys: number;

  constructor(replicas: number, keys: number, place: Place) {
    const count = Math.min(replicas, Math.max(fewestHosts, Math.ceil(replicas / mostReplicasPerHost)));
    this.#hosts = Array.from({ length: count }, (_, index) => new Host(Math.floor((replicas + index) / count)));
    this.#place = place;
    this.#keys = keys;
    Fleet.#running.add(this);
  }

  /** Ends all processes, for a trial that takes too long. */
  static async stopAll(): Promise<void> {
    await Promise.all([...Fleet.#running].map((fleet) => fleet[Symbol.asyncDispose]()));
  }

  /** Starts all replicas at once. Returns when each was ready, in ms after its start. */
  async start(): Promise<number[]> {
    // The processes themselves must not start within the time that is measured.
    await this.#each((host) => host.ask('latestEnds'));
    const times = await this.#each((host) =>
      host.ask('start', { count: host.replicas, keys: this.#keys, place: this.#place }),
    );
    return times.flat();
  }

  /** Gives every process the same command. */
  all<Name extends keyof HostCommands>(name: Name, argument?: Argument<Name>): Promise<Answer<Name>[]> {
    return this.#each((host) => host.ask(name, argument));
  }

  /** Gives one process a command. */
  one<Name extends keyof HostCommands>(index: number, name: Name, argument?: Argument<Name>): Promise<Answer<Name>> {
    return this.#hosts[index % this.#hosts.length]!.ask(name, argument);
  }

  async report(): Promise<HostReport> {
    const reports = await this.all('report');
    const counts = noCounts();
    const leases = new Map<number, number>();
    for (const report of reports) {
      addCounts(counts, report.counts);
      for (const [second, more] of report.leasesBySecond) leases.set(second, (leases.get(second) ?? 0) + more);
    }
    return {
      counts,
      leasesBySecond: [...leases],
      cpuMs: reports.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      fewestOut: Math.min(...reports.map(({ fewestOut }) => fewestOut)),
      mostOut: Math.max(...reports.map(({ mostOut }) => mostOut)),
      fewestRecovered: Math.min(...reports.map(({ fewestRecovered }) => fewestRecovered)),
    };
  }

  /** Polls until a condition holds. Returns the time that took, in ms; `Infinity` after the limit. */
  async until(holds: (report: HostReport) => boolean | Promise<boolean>, limitMs: number): Promise<number> {
    const start = performance.now();
    while (!(await holds(await this.report()))) {
      if (performance.now() - start > limitMs) return Infinity;
      await sleep(pollMs);
    }
    return performance.now() - start;
  }

  /** Waits until no facts and messages travel any more. Returns the time until the last one, in ms; `Infinity` after 60 s. */
  async settle(): Promise<number> {
    const start = performance.now();
    let [changedAt, last] = [start, ''];
    while (performance.now() - changedAt < quietMs) {
      const { counts, fewestOut, mostOut } = await this.report();
      const now = JSON.stringify([counts.facts, counts.messages, fewestOut, mostOut]);
      if (now !== last) changedAt = performance.now();
      last = now;
      if (changedAt - start > longestMs) return Infinity;
      await sleep(pollMs);
    }
    return changedAt - start;
  }

  /** How many replicas have another truth than the latest end of each cooldown anywhere. */
  async differing(): Promise<number> {
    const all = await this.all('latestEnds');
    const ends = all[0]!.map((_, key) => all.reduce((latest, of) => Math.max(latest, of[key] ?? 0), 0));
    return (await this.all('differing', { ends })).reduce((sum, count) => sum + count, 0);
  }

  async markAndClose(): Promise<void> {
    let first = 0;
    await this.#each((host) => {
      const asked = host.ask('markAndClose', { first, keys: this.#keys });
      first += host.replicas;
      return asked;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Fleet.#running.delete(this);
    await this.#each((host) => host.stop());
  }

  #each<T>(ask: (host: Host) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#hosts.map(ask));
  }
}
