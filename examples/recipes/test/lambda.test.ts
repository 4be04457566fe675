import assert from 'node:assert/strict';
import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { RedisProcess } from '../../../test-support/redis-process.ts';
import manifest from '../package.json' with { type: 'json' };
import { bareEnvironment, recipes } from './recipe-process.ts';

const [first, second] = ['sk-example-first-00001', 'sk-example-second-0001'] as const;

let folder: string;
let redis: RedisProcess;
let provider: ProviderServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lambda-'));
  const [, ...args] = manifest.scripts['build:lambda'].split(' ');
  const options = args.map((arg) => (arg.startsWith('--outfile=') ? `--outfile=${join(folder, 'index.js')}` : arg));
  await promisify(execFile)(join(recipes, 'node_modules/.bin/esbuild'), options, { cwd: recipes });
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  redis = await RedisProcess.start();
  provider = await startProviderServer({ keys: { [second]: ['ok'] } });
});
afterEach(async () => {
  await Promise.all([provider.close(), redis.stop()]);
});

/** An instance of the function, which is frozen while it has nothing to do. */
class Instance implements AsyncDisposable {
  #log = '';
  readonly #process: ChildProcess;

  constructor() {
    const env = {
      ...bareEnvironment(),
      OPENAI_API_KEY: first,
      OPENAI_API_KEY_2: second,
      OPENAI_BASE_URL: provider.openaiBaseURL,
      REDIS_URL: redis.url,
    };
    const runtime = join(import.meta.dirname, 'lambda-runtime.ts');
    this.#process = fork(runtime, [join(folder, 'index.js')], { cwd: folder, env, silent: true });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (part: string) => (this.#log += part));
    }
  }

  async invoke(body: string, timeLimitMs = 30_000, isBase64Encoded = false): Promise<unknown> {
    this.#process.kill('SIGCONT');
    this.#process.send({ event: { body, isBase64Encoded }, deadlineMs: Date.now() + timeLimitMs });
    const [outcome] = (await once(this.#process, 'message')) as [
      { readonly result?: unknown; readonly error?: string },
    ];
    this.#process.kill('SIGSTOP');
    if (outcome.error !== undefined) throw new Error(outcome.error);
    return outcome.result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
    await once(this.#process, 'close');
    assert.match(this.#log, /OpenAI: Using key/);
    assert.doesNotMatch(this.#log, /sk-example-(?:first|second)/);
  }
}

it('lambda: is one file', async () => {
  expect(await readdir(folder)).toEqual(['index.js']);
});

it('lambda: an instance remembers a refused key, and a new instance knows it', async () => {
  {
    await using instance = new Instance();
    expect(await instance.invoke('Bom dia')).toEqual({ statusCode: 200, body: 'You said: Bom dia' });
    expect(await instance.invoke('Boa tarde')).toEqual({ statusCode: 200, body: 'You said: Boa tarde' });
  }
  await using instance = new Instance();
  expect(await instance.invoke('Boa noite')).toEqual({ statusCode: 200, body: 'You said: Boa noite' });
  expect(provider.requestCount(first)).toBe(1);
  expect(provider.requestCount(second)).toBe(3);
});

it('lambda: reads a body that the gateway has encoded', async () => {
  await using instance = new Instance();
  const body = Buffer.from('Olá').toString('base64');
  expect(await instance.invoke(body, 30_000, true)).toEqual({ statusCode: 200, body: 'You said: Olá' });
});

it('lambda: answers 400 to an empty prompt, and no key is used', async () => {
  await using instance = new Instance();
  expect(await instance.invoke(' ')).toEqual({ statusCode: 400, body: 'Send the prompt as the body.' });
  expect(provider.requestCount()).toBe(0);
  // The class checks that the log has a key's number and no key.
  await instance.invoke('Bom dia');
});

it('lambda: answers 503 with Retry-After when all keys wait', async () => {
  for (const key of [first, second]) {
    provider.script(key, [{ status: 429, headers: { 'retry-after': '30' }, body: {} }]);
  }
  await using instance = new Instance();
  const answer = await instance.invoke('Bom dia');
  expect(answer).toMatchObject({ statusCode: 503, body: 'rate-limited' });
  expect(answer).toHaveProperty(
    'headers.retry-after',
    expect.toSatisfy((seconds: number) => seconds > 20 && seconds <= 30),
  );
});

it('lambda: answers before the time limit of the function', async () => {
  provider.script(first, ['ok', 'hang']);
  await using instance = new Instance();
  // The time of a start does not count for what follows.
  expect(await instance.invoke('Bom dia')).toMatchObject({ statusCode: 200 });
  const startMs = performance.now();
  const answer = { statusCode: 504, body: 'The provider took too long.' };
  expect(await instance.invoke('Bom dia', 4000)).toEqual(answer);
  expect(performance.now() - startMs).toBeLessThan(4000);
});

it('lambda: answers without Redis too', async () => {
  await redis.kill();
  await using instance = new Instance();
  expect(await instance.invoke('Bom dia')).toEqual({ statusCode: 200, body: 'You said: Bom dia' });
});
