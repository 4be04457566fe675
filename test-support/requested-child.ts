import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { RequestHandlers } from './answer-requests.ts';

interface Message {
  readonly id?: number;
  readonly value?: unknown;
  readonly error?: string;
  readonly attempted?: string;
}

/** A child process that runs the requests of its parent with `answerRequests`, and reports the key of each attempt. */
export class RequestedChild<Requests extends RequestHandlers> {
  /** The key of each attempt, in order. */
  readonly attempted: string[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #waiting = new Map<number, (answer: Message) => void>();
  #requests = 0;

  constructor(script: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#process = fork(script, args, { execArgv: [], env: { ...process.env, ...environment } });
    this.#ended = once(this.#process, 'close');
    this.#process.on('message', (message) => {
      const { id, attempted } = message as Message;
      if (attempted !== undefined) this.attempted.push(attempted);
      if (id !== undefined) this.#waiting.get(id)?.(message as Message);
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The number of attempts on a key. */
  attemptsOn(key: string): number {
    return this.attempted.filter((attempted) => attempted === key).length;
  }

  /** Sends a request, and resolves to its result. */
  async ask<Name extends keyof Requests>(
    name: Name,
    ...args: Parameters<Requests[Name]>
  ): Promise<Awaited<ReturnType<Requests[Name]>>> {
    const id = ++this.#requests;
    const answered = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.#process.send({ id, name: String(name), args });
    const { value, error } = await answered;
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(error);
    return value as Awaited<ReturnType<Requests[Name]>>;
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
