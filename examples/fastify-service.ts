// A web service: responds with 503 and Retry-After while no key is available, and shows the state of the keys at /keys.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… PORT=3000 npx pnpm@12 example examples/fastify-service.ts
// Try: curl localhost:3000/chat --json '{"prompt":"Olá"}' and curl localhost:3000/keys
import {
  AllKeysFailedError,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  type ApiClient,
} from '@api-key-fallback/core';
import '@api-key-fallback/openai';
import fastify from 'fastify';

class ChatService {
  @retryWithApiKeyFallback({ provider: 'openai', inject: 'client', maxRetries: 2, delay: 200 })
  async chat(openai: ApiClient<'openai'>, prompt: string, signal: AbortSignal): Promise<string> {
    const body = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: prompt }] };
    const completion = await openai.chat.completions.create(body, { signal });
    return completion.choices[0]?.message.content ?? '';
  }
}

// Without a key, fail at startup rather than at the first request.
const keys = registry.get('openai');
const service = injectKeys(new ChatService());
const app = fastify();

app.post<{ Body: { prompt: string } }>('/chat', async (request, reply) => {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return { reply: await service.chat(request.body.prompt, gone.signal) };
});

app.get('/keys', () => keys.status());

app.setErrorHandler((error, _request, reply) => {
  if (!AllKeysFailedError.isInstance(error)) return reply.send(error);
  if (error.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterMs / 1000));
  return reply.code(503).send({ error: error.message, reason: error.reason });
});

console.log(`Listening on ${await app.listen({ port: Number(process.env['PORT'] ?? 3000) })}`);
