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

/** A process of its own with a key manager that shares what it knows through a server. */
export class ManagerChild {
  /** The keys that it has tried since it began to call by itself, in order. */
  readonly attempted: string[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #waiting = new Map<number, (answer: Message) => void>();
  #asked = 0;

  constructor(port: number, library: keyof typeof storeClients) {
    this.#process = fork(script, [library, String(port)], { execArgv: [] });
    this.#ended = once(this.#process, 'exit');
    this.#process.on('message', (message) => {
      const { id, attempted } = message as Message;
      if (attempted !== undefined) this.attempted.push(attempted);
      if (id !== undefined) this.#waiting.get(id)?.(message as Message);
    });
  }

  /** How often it has tried a key. */
  attemptsOn(key: string): number {
    return this.attempted.filter((attempted) => attempted === key).length;
  }

  /** Lets it do something, and gives back what comes of it. */
  async ask<Name extends keyof ChildRequests>(
    name: Name,
    ...args: Parameters<ChildRequests[Name]>
  ): Promise<Awaited<ReturnType<ChildRequests[Name]>>> {
    const id = ++this.#asked;
    const answered = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#process.send({ id, name, args });
    const { value, error } = await answered;
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(error);
    return value as Awaited<ReturnType<ChildRequests[Name]>>;
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
