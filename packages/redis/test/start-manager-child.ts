import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { ChildRequests } from './manager-child.ts';
import type { storeClients } from './store-clients.ts';

const script = join(inject('childScripts'), 'manager-child.mjs');

interface Message {
  readonly id?: number;
  readonly value?: unknown;
  readonly error?: string;
  readonly attempted?: string;
}

/** A child process with a key manager that shares its state through a server. */
export class ManagerChild {
  /** The key of each attempt since `startCalling`, in order. */
  readonly attempted: string[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #waiting = new Map<number, (answer: Message) => void>();
  #requests = 0;

  constructor(port: number, library: keyof typeof storeClients) {
    this.#process = fork(script, [library, String(port)], { execArgv: [] });
    this.#ended = once(this.#process, 'exit');
    this.#process.on('message', (message) => {
      const { id, attempted } = message as Message;
      if (attempted !== undefined) this.attempted.push(attempted);
      if (id !== undefined) this.#waiting.get(id)?.(message as Message);
    });
  }

  /** The number of attempts on a key. */
  attemptsOn(key: string): number {
    return this.attempted.filter((attempted) => attempted === key).length;
  }

  /** Sends a request, and resolves to its result. */
  async ask<Name extends keyof ChildRequests>(
    name: Name,
    ...args: Parameters<ChildRequests[Name]>
  ): Promise<Awaited<ReturnType<ChildRequests[Name]>>> {
    const id = ++this.#requests;
    const answered = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#process.send({ id, name, args });
    const { value, error } = await answered;
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(error);
    return value as Awaited<ReturnType<ChildRequests[Name]>>;
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
