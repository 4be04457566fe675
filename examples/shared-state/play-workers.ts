import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { startProviderServer } from '@api-key-fallback/testing';

const [first, second] = ['sk-example-first-00001', 'sk-example-second-0001'] as const;

const patienceMs = 20_000;

/** A message from a worker. */
interface WorkerMessage {
  readonly isReady?: true;
  readonly cooledDown?: string;
  readonly answer?: string;
}

function printLines(name: string, worker: ChildProcess): void {
  for (const stream of [worker.stdout, worker.stderr]) {
    if (stream) createInterface(stream).on('line', (line) => console.log(`${name}: ${line}`));
  }
}

/** Waits for a message of this kind; rejects when the worker exits first or takes too long. */
async function nextMessage(worker: ChildProcess, kind: keyof WorkerMessage): Promise<WorkerMessage> {
  const exited = new AbortController();
  worker.once('exit', () => exited.abort(new Error(`A worker exited before it sent "${kind}".`)));
  const signal = AbortSignal.any([exited.signal, AbortSignal.timeout(patienceMs)]);
  for (;;) {
    const [message] = (await once(worker, 'message', { signal })) as [WorkerMessage];
    if (kind in message) return message;
  }
}

/** Runs two workers together and a third one after them. A local server plays OpenAI; the first key has no credit. */
export async function playWorkers(script: URL, env: Readonly<Record<string, string>>): Promise<void> {
  const server = await startProviderServer({ keys: { [first]: ['quota-exhausted'], [second]: ['ok'] } });
  const { PATH = '', HOME = '' } = process.env;

  async function start(name: string): Promise<ChildProcess> {
    const worker = fork(script, {
      silent: true,
      env: {
        PATH,
        HOME,
        OPENAI_BASE_URL: server.openaiBaseURL,
        OPENAI_API_KEY: first,
        OPENAI_API_KEY_2: second,
        ...env,
      },
    });
    printLines(name, worker);
    await nextMessage(worker, 'isReady');
    return worker;
  }

  async function ask(worker: ChildProcess, name: string, question: string): Promise<void> {
    const reply = nextMessage(worker, 'answer');
    worker.send(question);
    console.log(`${name}: ${(await reply).answer}`);
  }

  async function end(worker: ChildProcess): Promise<void> {
    const hasEnded = once(worker, 'exit');
    worker.disconnect();
    await hasEnded;
  }

  try {
    const [a, b] = await Promise.all([start('worker A'), start('worker B')]);
    const synced = nextMessage(b, 'cooledDown');
    await ask(a, 'worker A', 'Which key works?');
    await synced;
    await ask(b, 'worker B', 'Did you skip the first key?');
    await Promise.all([end(a), end(b)]);

    const c = await start('worker C, started later');
    await ask(c, 'worker C, started later', 'Do you remember it?');
    await end(c);
    console.log(
      `Requests at the provider: ${server.requestCount(first)} with the first key, ${server.requestCount(second)} with the second`,
    );
  } finally {
    await server.close();
  }
}
