// A BullMQ worker whose jobs ask OpenAI. While all keys wait, so do the jobs, and no attempt of theirs is lost.
// Run: REDIS_URL=redis://127.0.0.1:6379 OPENAI_API_KEY=… OPENAI_API_KEY_2=… npx tsx bullmq/worker.ts
import { currentAttempt, injectKeys, registry, retryWithApiKeyFallback, type ApiClient } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { RedisStore } from '@api-key-fallback/redis';
import { Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { delayUntilKeysAreBack } from './delay-until-keys-are-back.ts';

class ChatService {
  // The decorator takes the signal from the last argument.
  @retryWithApiKeyFallback({ provider: 'openai', inject: 'client', maxRetries: 2, delay: 200, attemptTimeout: 30_000 })
  async chat(openai: ApiClient<'openai'>, prompt: string, _signal?: AbortSignal): Promise<string> {
    const { signal } = currentAttempt();
    const messages = [{ role: 'user' as const, content: prompt }];
    const completion = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages }, { signal });
    return completion.choices[0]?.message.content ?? '';
  }
}

const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
// All workers share what they learn about the keys. The store opens its own connections.
const store = new RedisStore(new Redis(url, { lazyConnect: true }));
const keys = OpenAIKeyManager.fromEnv({ store });
registry.register(keys);
await keys.ready();

const service = injectKeys(new ChatService());

// BullMQ passes a signal only to a function with three parameters. It aborts when a job is cancelled or its lock is lost.
async function chat(job: Job<{ prompt: string }>, token?: string, signal?: AbortSignal): Promise<string> {
  try {
    return await service.chat(job.data.prompt, signal);
  } catch (error) {
    throw await delayUntilKeysAreBack(job, token, error);
  }
}

const worker = new Worker<{ prompt: string }, string>('chat', chat, { connection: { url }, concurrency: 10 });
worker.on('error', (error) => console.error(`Worker: ${error.message}`));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    // Waits for the running jobs.
    await worker.close();
    await registry.close();
    await store.close();
  });
}

await worker.waitUntilReady();
console.log('Waiting for jobs');
