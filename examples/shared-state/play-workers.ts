import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { startProviderServer } from '@api-key-fallback/testing';

const [first, second] = ['sk-example-first-00001', 'sk-example-second-0001'] as const;

const patienceMs = 20_000;

/** What a worker tells. */
interface ProviderEvent {
  readonly isReady?: true;
  readonly out?: string;
  readonly answer?: string;
}

function printLines(name: string, worker: ChildProcess): void {
  for (const stream of [worker.stdout, worker.stderr]) {
    if (stream) createInterface(stream).on('line', (line) => console.log(`${name}: ${line}`));
  }
}

/** Resolves when a worker tells what is waited for; rejects when it ends before that, or takes too long. */
async function hear(worker: ChildProcess, what: keyof ProviderEvent): Promise<ProviderEvent> {
  const isGone = new AbortController();
  worker.once('exit', () => isGone.abort(new Error(`A worker has ended before it told: ${what}`)));
  const signal = AbortSignal.any([isGone.signal, AbortSignal.timeout(patienceMs)]);
  for (;;) {
    const [told] = (await once(worker, 'message', { signal })) as [ProviderEvent];
    if (what in told) return told;
  }
}

/** Two workers at once and one after them, against a server on this machine that plays OpenAI: the first key has no credit. */
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
    await hear(worker, 'isReady');
    return worker;
  }

  async function ask(worker: ChildProcess, name: string, question: string): Promise<void> {
    const isAnswered = hear(worker, 'answer');
    worker.send(question);
    console.log(`${name}: ${(await isAnswered).answer}`);
  }

  async function end(worker: ChildProcess): Promise<void> {
    const hasEnded = once(worker, 'exit');
    worker.disconnect();
    await hasEnded;
  }

  try {
    const [a, b] = await Promise.all([start('worker A'), start('worker B')]);
    const hasHeard = hear(b, 'out');
    await ask(a, 'worker A', 'Who finds out?');
    await hasHeard;
    await ask(b, 'worker B', 'Who spares the key?');
    await Promise.all([end(a), end(b)]);

    const c = await start('worker C, started later');
    await ask(c, 'worker C, started later', 'Who remembers?');
    await end(c);
    console.log(
      `Requests at the provider: ${server.requestCount(first)} with the first key, ${server.requestCount(second)} with the second`,
    );
  } finally {
    await server.close();
  }
}
