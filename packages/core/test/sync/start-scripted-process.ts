import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import type { KeyState } from '../../src/state/health-view.ts';
import type { ProcessRequests } from './scripted-process.ts';

const script = join(inject('childScripts'), 'scripted-process.mjs');

interface Message {
  readonly id?: number;
  readonly value?: unknown;
  readonly error?: string;
  readonly attempted?: string;
}

/** Options of a scripted process. */
export interface ProcessOptions {
  /** The directory of its FileStore. Without one, API_KEY_STATE_DIR applies. */
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Drops root's rights, because root can write to read-only directories. */
  readonly isPowerless?: boolean;
}

/** A child process with a key manager. It is killed at the end of the test. */
export class ScriptedProcess {
  /** The key of each attempt, in order. */
  readonly attempted: string[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #waiting = new Map<number, (answer: Message) => void>();
  #requests = 0;

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

  /** The number of attempts on a key. */
  attemptsOn(key: string): number {
    return this.attempted.filter((attempted) => attempted === key).length;
  }

  /** Sends a request, and resolves to its result. */
  async ask<Name extends keyof ProcessRequests>(
    name: Name,
    ...args: Parameters<ProcessRequests[Name]>
  ): Promise<Awaited<ReturnType<ProcessRequests[Name]>>> {
    const id = ++this.#requests;
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

  /** The successes of each key in all processes. */
  async sharedSuccesses(): Promise<readonly number[]> {
    return (await this.ask('keys')).map(({ sharedUsage }) => sharedUsage.successes);
  }

  /** Disconnects, and resolves to the exit code when the process ends by itself. */
  async disconnect(): Promise<number | null> {
    this.#process.send({ id: 0, name: 'disconnect', args: [] });
    await this.#ended;
    return this.#process.exitCode;
  }

  /** Kills it with SIGKILL. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}
