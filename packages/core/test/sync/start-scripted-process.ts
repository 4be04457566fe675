import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import type { KeyState } from '../../src/state/key-health.ts';
import type { ProcessRequests } from './scripted-process.ts';

const script = join(inject('childScripts'), 'scripted-process.mjs');

interface Message {
  readonly id?: number;
  readonly value?: unknown;
  readonly error?: string;
  readonly attempted?: string;
}

/** Where a process keeps its state, and as whom it runs. */
export interface ProcessOptions {
  /** Without one there is what the environment says. */
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** As a user without rights, where the tests run as root, for whom there are no read-only directories. */
  readonly isPowerless?: boolean;
}

/** A process of its own with a key manager; one that is left over at the end of a test is killed. */
export class ScriptedProcess {
  /** The keys that it has tried, in order. */
  readonly attempted: string[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #waiting = new Map<number, (answer: Message) => void>();
  #asked = 0;

  constructor(keys: readonly string[], { directory = '', environment = {}, isPowerless = false }: ProcessOptions) {
    this.#process = fork(script, [keys.join(','), directory, isPowerless ? 'powerless' : ''], {
      execArgv: [],
      env: { ...process.env, ...environment },
    });
    this.#ended = once(this.#process, 'close');
    this.#process.on('message', (message) => {
      const { id, attempted } = message as Message;
      if (attempted !== undefined) this.attempted.push(attempted);
      if (id !== undefined) this.#waiting.get(id)?.(message as Message);
    });
    onTestFinished(() => this.kill());
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** How often it has tried a key. */
  attemptsOn(key: string): number {
    return this.attempted.filter((attempted) => attempted === key).length;
  }

  /** Lets it do something, and gives back what comes of it. */
  async ask<Name extends keyof ProcessRequests>(
    name: Name,
    ...args: Parameters<ProcessRequests[Name]>
  ): Promise<Awaited<ReturnType<ProcessRequests[Name]>>> {
    const id = ++this.#asked;
    const answered = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#process.send({ id, name, args });
    const { value, error } = await answered;
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(error);
    return value as Awaited<ReturnType<ProcessRequests[Name]>>;
  }

  async states(): Promise<readonly KeyState[]> {
    return (await this.ask('keys')).map(({ state }) => state);
  }

  /** What all processes together have succeeded with, by key. */
  async sharedSuccesses(): Promise<readonly number[]> {
    return (await this.ask('keys')).map(({ sharedUsage }) => sharedUsage.successes);
  }

  /** Leaves it alone, and resolves to its exit code when it has ended by itself. */
  async letGo(): Promise<number | null> {
    this.#process.send({ id: 0, name: 'letGo', args: [] });
    await this.#ended;
    return this.#process.exitCode;
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}
