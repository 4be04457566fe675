// A web service: responds with 503 and Retry-After while no key is available, shows the state of the keys at /keys, and is watched by
// Prometheus (/metrics), by a readiness check (/healthz) and by OpenTelemetry.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… PORT=3000 npx pnpm@12 example examples/fastify-service.ts
// Try: curl localhost:3000/chat --json '{"prompt":"Olá"}' and curl localhost:3000/keys, /metrics, /healthz
// Set OTEL_TRACES_EXPORTER=console to see the spans of each call.
import { health, injectKeys, registry, retryWithApiKeyFallback, type ApiClient } from '@api-key-fallback/core';
import '@api-key-fallback/openai';
import { collectKeyMetrics, metricsHandler } from '@api-key-fallback/telemetry/prometheus';
import fastify from 'fastify';
import { promptOf } from './chat/prompt-of.ts';
import { refusalOf } from './chat/refusal-of.ts';

const otel = process.env['OTEL_TRACES_EXPORTER'] === 'console' ? await import('./otel/start-otel.ts') : undefined;
collectKeyMetrics();

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

app.post('/chat', async (request, reply) => {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  try {
    return { reply: await service.chat(promptOf(request.body), gone.signal) };
  } catch (error) {
    const { status, headers, body } = refusalOf(error);
    return reply.code(status).headers(headers).send(body);
  }
});

app.get('/keys', () => keys.status());

const metrics = metricsHandler();
app.get('/metrics', (request, reply) => metrics.node(request.raw, reply.hijack().raw));

// Not for a liveness check: a restart brings no key back.
app.get('/healthz', (_request, reply) => {
  const { status, providers } = health();
  return reply.code(status === 'down' ? 503 : 200).send({ status, providers });
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    await app.close();
    // The stores get what they lack, such as the usage of the last second.
    await registry.close();
    await otel?.stopOtel();
  });
}

console.log(`Listening on ${await app.listen({ port: Number(process.env['PORT'] ?? 3000) })}`);
