import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { SyncReply, SyncRequest } from '../../src/store.ts';

const script = join(inject('childScripts'), 'file-store-child.mjs');

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: { readonly message: string; readonly code?: string };
}

/** A child process with a FileStore. */
export class StoreChild implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly #ended: Promise<unknown>;
  #calls = 0;

  /** With `isPowerless` it drops root's rights, because root can write to read-only directories. */
  constructor(directory: string, task = 'serve', argument = '', isPowerless = false) {
    this.process = fork(script, [directory, task, argument, isPowerless ? 'powerless' : ''], {
      execArgv: [],
      serialization: 'advanced',
    });
    this.#ended = once(this.process, 'close');
  }

  sync(request: SyncRequest): Promise<SyncReply> {
    return this.#call<SyncReply>('sync', request);
  }

  lease(name: string, ttlMs: number): Promise<boolean> {
    return this.#call<boolean>('lease', name, ttlMs);
  }

  renew(ttlMs: number, note?: string): Promise<boolean> {
    return this.#call<boolean>('renew', ttlMs, note);
  }

  countInNote(ms: number): Promise<number> {
    return this.#call<number>('countInNote', ms);
  }

  release(): Promise<void> {
    return this.#call('release');
  }

  close(): Promise<void> {
    return this.#call('close');
  }

  /** Kills it with SIGKILL. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.#ended;
  }

  /** Waits until it ends by itself, and resolves to its exit code. */
  async end(): Promise<number | null> {
    await this.#ended;
    return this.process.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #call<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      const onMessage = (answer: unknown): void => {
        const { id: answered, value, error } = answer as Answer;
        if (answered !== id) return;
        this.process.off('message', onMessage);
        if (error) reject(Object.assign(new Error(error.message), { code: error.code }));
        else resolve(value as T);
      };
      this.process.on('message', onMessage);
      this.process.send({ id, method, args });
    });
  }
}
