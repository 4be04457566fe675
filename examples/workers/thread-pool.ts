import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { Question, ThreadAnswer } from './chat-thread.ts';

/** Threads that answer questions in turn. A thread that ends is replaced. */
export class ThreadPool {
  readonly #threads: Worker[] = [];
  #turn = 0;
  #isStopping = false;

  constructor(size: number) {
    for (let place = 0; place < size; place++) this.#start(place);
  }

  #start(place: number): void {
    const thread = new Worker(new URL('chat-thread.ts', import.meta.url));
    this.#threads[place] = thread;
    thread.on('error', (error) => console.error(`A thread has failed: ${error.message}`));
    thread.once('exit', () => {
      if (!this.#isStopping) this.#start(place);
    });
  }

  /** Rejects when the signal aborts and when the thread ends before it has answered. */
  async ask(prompt: string, signal: AbortSignal): Promise<ThreadAnswer> {
    const { port1, port2 } = new MessageChannel();
    const question: Question = { prompt, port: port2 };
    this.#threads[this.#turn++ % this.#threads.length]?.postMessage(question, [port2]);
    const ended = new AbortController();
    port1.once('close', () => ended.abort());
    try {
      const [answer] = await once(port1, 'message', { signal: AbortSignal.any([signal, ended.signal]) });
      return answer as ThreadAnswer;
    } finally {
      port1.close();
    }
  }

  /** Lets each thread send to the store what it has learned, and end. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const ends = this.#threads.map((thread) => once(thread, 'exit'));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    for (const thread of this.#threads) thread.postMessage('stop');
    await Promise.all(ends);
  }
}
