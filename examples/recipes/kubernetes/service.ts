// A web service for Kubernetes: keys from a mounted secret, their state in Redis, probes, and an end without lost requests.
// chat.yaml sets OPENAI_KEYS_DIR, REDIS_URL, CALL_DEADLINE_MS and PORT.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { AllKeysFailedError, DeadlineExceededError, fileSource, health, registry } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';

const { OPENAI_KEYS_DIR = '', REDIS_URL = '', CALL_DEADLINE_MS, PORT } = process.env;
const deadline = Number(CALL_DEADLINE_MS);

const store = new RedisStore(new Redis(REDIS_URL, { lazyConnect: true }));
const keys = new OpenAIKeyManager(fileSource(OPENAI_KEYS_DIR), { store });
registry.register(keys);
// Throws if the secret has no keys: the pod then shows why it does not start.
await keys.refreshKeys();
// Before the first request, reads what the other pods know.
await keys.ready();

function chat(prompt: string, signal: AbortSignal): Promise<string> {
  return keys.retryWithFallback(
    async (openai, attempt) => {
      const messages = [{ role: 'user' as const, content: prompt }];
      const request = { signal: attempt.signal };
      const completion = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages }, request);
      return completion.choices[0]?.message.content ?? '';
    },
    { inject: 'client', maxRetries: 2, delay: 200, deadline, signal },
  );
}

function refuse(response: ServerResponse, error: unknown): void {
  if (DeadlineExceededError.isInstance(error)) return void response.writeHead(504).end('The provider took too long.');
  if (!AllKeysFailedError.isInstance(error)) return void response.writeHead(502).end('The provider failed.');
  const { reason, retryAfterMs } = error;
  if (retryAfterMs !== undefined) response.setHeader('retry-after', Math.ceil(retryAfterMs / 1000));
  response.writeHead(503).end(reason);
}

async function answerChat(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    response.end(await chat(await text(request), gone.signal));
  } catch (error) {
    refuse(response, error);
  }
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/chat') return void answerChat(request, response);
  // Only whether the process answers. A restart brings no key back.
  if (request.url === '/live') return void response.end('ok');
  if (request.url !== '/ready') return void response.writeHead(404).end();
  const { status } = health();
  response.writeHead(status === 'down' ? 503 : 200).end(status);
}

const server = createServer(answer);
server.listen(Number(PORT), () => console.log('Listening'));

process.once('SIGTERM', () => {
  console.log('Ending after the running requests');
  server.close(async () => {
    await registry.close();
    await store.close();
  });
});
