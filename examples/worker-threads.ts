// A service with worker threads. A key that fails in one thread is not tried by the others.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… PORT=3000 WORKERS=2 npx pnpm@12 example examples/worker-threads.ts
// Try: curl localhost:3000/chat --json '{"prompt":"Olá"}'
import { availableParallelism } from 'node:os';
import { loadApiKeys } from '@api-key-fallback/core';
import fastify from 'fastify';
import { promptOf } from './chat/prompt-of.ts';
import { ThreadPool } from './workers/thread-pool.ts';

// Without a key, fail here: threads that fail at their start would be replaced without end.
loadApiKeys('OPENAI_API_KEY');

const threads = new ThreadPool(Number(process.env['WORKERS'] ?? availableParallelism()));
const app = fastify();

app.post('/chat', async (request, reply) => {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const { status, headers, body } = await threads.ask(promptOf(request.body), gone.signal);
  return reply.code(status).headers(headers).send(body);
});

// Signals reach the main thread only.
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    await app.close();
    await threads.stop();
  });
}

console.log(`Listening on ${await app.listen({ port: Number(process.env['PORT'] ?? 3000) })}`);
