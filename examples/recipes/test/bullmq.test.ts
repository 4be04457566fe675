import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { Queue, QueueEvents, Worker, type Job } from 'bullmq';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RedisProcess } from '../../../test-support/redis-process.ts';
import { limitQueueUntilKeysAreBack } from '../bullmq/limit-queue-until-keys-are-back.ts';
import { RecipeProcess } from './recipe-process.ts';

const [first, second] = ['sk-example-first-00001', 'sk-example-second-0001'] as const;
const backInThreeSeconds = { status: 429, headers: { 'retry-after': '3' }, body: {} };

let redis: RedisProcess;
let provider: ProviderServer;
let queue: Queue<{ prompt: string }, string>;
let events: QueueEvents;

beforeEach(async () => {
  redis = await RedisProcess.start();
  provider = await startProviderServer();
  queue = new Queue('chat', { connection: { url: redis.url } });
  events = new QueueEvents('chat', { connection: { url: redis.url } });
  await events.waitUntilReady();
});
afterEach(async () => {
  await Promise.all([queue.close(), events.close()]);
  await Promise.all([provider.close(), redis.stop()]);
});

async function startWorker(): Promise<RecipeProcess> {
  const keys = { OPENAI_API_KEY: first, OPENAI_API_KEY_2: second, OPENAI_BASE_URL: provider.openaiBaseURL };
  const worker = RecipeProcess.start('bullmq/worker.ts', { REDIS_URL: redis.url, ...keys });
  await worker.waitFor(/Waiting for jobs/);
  return worker;
}

/** The counters of a job as they are in Redis. */
async function attemptsOf({ id = '' }: Job): Promise<{ made: number | undefined; started: number | undefined }> {
  const job = await queue.getJob(id);
  return { made: job?.attemptsMade, started: job?.attemptsStarted };
}

it('bullmq: delays a job while all keys wait, and burns no attempt', async () => {
  await using worker = await startWorker();
  for (const key of [first, second]) provider.script(key, [backInThreeSeconds, 'ok']);
  const addedMs = Date.now();
  const job = await queue.add('chat', { prompt: 'Bom dia' }, { attempts: 1 });
  await vi.waitFor(async () => expect(await job.getState()).toBe('delayed'), 10_000);
  expect(await attemptsOf(job)).toEqual({ made: 0, started: 1 });

  expect(await job.waitUntilFinished(events, 20_000)).toBe('You said: Bom dia');
  expect(Date.now() - addedMs).toBeGreaterThan(2900);
  expect(await attemptsOf(job)).toEqual({ made: 1, started: 2 });
  expect(provider.requestCount(first) + provider.requestCount(second)).toBe(3);
  expect(await worker.end()).toBe(0);
});

it('bullmq: fails a job at once when the provider refuses all keys', async () => {
  await using worker = await startWorker();
  const job = await queue.add('chat', { prompt: 'Bom dia' }, { attempts: 3 });
  await expect(job.waitUntilFinished(events, 20_000)).rejects.toThrow('(invalid-keys)');
  expect(await job.getState()).toBe('failed');
  expect(await attemptsOf(job)).toEqual({ made: 1, started: 1 });
  expect(JSON.stringify(await queue.getJob(job.id ?? ''))).not.toContain(first);
  expect(await worker.end()).toBe(0);
});

it("bullmq: leaves an outage to the job's own attempts", async () => {
  await using worker = await startWorker();
  for (const key of [first, second]) provider.script(key, ['server-error', 'server-error', 'ok']);
  const job = await queue.add('chat', { prompt: 'Bom dia' }, { attempts: 2, backoff: { type: 'fixed', delay: 300 } });
  expect(await job.waitUntilFinished(events, 20_000)).toBe('You said: Bom dia');
  expect(await attemptsOf(job)).toEqual({ made: 2, started: 2 });
  expect(await worker.end()).toBe(0);
});

it('bullmq: stops the queue instead, and burns no attempt', async () => {
  provider.script(first, [backInThreeSeconds, 'ok']);
  const manager = new OpenAIKeyManager([first], { clientOptions: { baseURL: provider.openaiBaseURL }, logger: false });
  const started: string[] = [];
  async function listModels(job: Job): Promise<string> {
    started.push(job.name);
    try {
      await manager.retryWithFallback((openai) => openai.models.list(), { inject: 'client', maxRetries: 1 });
      return 'listed';
    } catch (error) {
      throw await limitQueueUntilKeysAreBack(queue, error);
    }
  }
  const worker = new Worker('chat', listModels, { connection: { url: redis.url } });
  try {
    const [job, next] = await queue.addBulk(
      ['first', 'next'].map((name) => ({ name, data: { prompt: '' }, opts: { attempts: 1 } })),
    );
    await vi.waitFor(async () => expect(await queue.getRateLimitTtl()).toBeGreaterThan(0), 10_000);
    await vi.waitFor(async () => expect(await job?.getState()).toBe('waiting'), 10_000);
    expect(await attemptsOf(job as Job)).toEqual({ made: 0, started: 1 });
    expect(started).toEqual(['first']);

    expect(await next?.waitUntilFinished(events, 20_000)).toBe('listed');
    expect(started).toEqual(['first', 'first', 'next']);
    expect(await attemptsOf(job as Job)).toEqual({ made: 1, started: 2 });
  } finally {
    await worker.close();
    await manager.close();
  }
});
