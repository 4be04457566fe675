import { startProviderServer } from '@api-key-fallback/testing';
const server = await startProviderServer({ keys: { 'sk-example-first-00001': ['rate_limit_requests_retry_after'] } });
process.env.OPENAI_BASE_URL = server.openaiBaseURL;
process.env.OPENAI_API_KEY = 'sk-example-first-00001';
process.env.PORT = '4567';
await import('./fastify-service.ts');
setTimeout(() => {
  console.log('timer');
}, 2000).unref();
const t = Date.now();
const r = await fetch(`http://127.0.0.1:4567/chat`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ prompt: 'hello' }),
  signal: AbortSignal.timeout(3000),
}).catch((e) => e);
console.log(r.status, Date.now() - t, r.text ? await r.text() : r);
process.exit();
