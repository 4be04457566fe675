// A web service with a live dashboard of its keys at /keys: which work, which come back by themselves and when, and what needs you.
// Run: DASHBOARD_TOKEN=at-least-16-characters OPENAI_API_KEY=… OPENAI_API_KEY_2=… npx pnpm@12 example examples/dashboard.ts
// Open http://localhost:3000/keys and sign in with the token. Try: curl localhost:3000/chat --json '{"prompt":"Olá"}'
// For a dashboard with keys in trouble, which needs no key: npx pnpm@12 dashboard-demo
import { injectKeys, registry, retryWithApiKeyFallback, type ApiClient } from '@api-key-fallback/core';
import { createDashboard } from '@api-key-fallback/dashboard';
import '@api-key-fallback/openai';
import fastify from 'fastify';

class ChatService {
  @retryWithApiKeyFallback({ provider: 'openai', inject: 'client', maxRetries: 2, delay: 200 })
  async chat(openai: ApiClient<'openai'>, prompt: string): Promise<string> {
    const body = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: prompt }] };
    const completion = await openai.chat.completions.create(body);
    return completion.choices[0]?.message.content ?? '';
  }
}

// Without a key, fail at startup rather than at the first request.
registry.get('openai');
const service = injectKeys(new ChatService());
const app = fastify();

app.post<{ Body: { prompt: string } }>('/chat', ({ body }) => service.chat(body.prompt));

// Behind a proxy with another host name, add `allowedHosts: ['keys.example.com']`.
const dashboard = createDashboard({
  auth: { token: process.env['DASHBOARD_TOKEN'] },
  basePath: '/keys',
  title: 'chat-service',
});
app.register(async (scope) => {
  // The dashboard reads its requests itself.
  scope.removeAllContentTypeParsers();
  for (const path of ['/keys', '/keys/*']) {
    scope.all(path, (request, reply) => dashboard.node(request.raw, reply.hijack().raw));
  }
});
dashboard.attachWebSocket(app.server);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    await dashboard.close();
    await app.close();
    await registry.close();
  });
}

console.log(`Listening on ${await app.listen({ port: Number(process.env['PORT'] ?? 3000) })}`);
