// Streams a chat to a browser with Fastify.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… PORT=3000 npx pnpm@12 example examples/fastify-stream.ts
// Try: curl -N localhost:3000/chat --json '{"prompt":"Olá"}'
import { Readable } from 'node:stream';
import { firstChunk } from '@api-key-fallback/core';
import fastify from 'fastify';
import { streamChat } from './chat/chat-service.ts';
import { promptOf } from './chat/prompt-of.ts';
import { refusalOf } from './chat/refusal-of.ts';

const app = fastify();

app.post('/chat', async (request, reply) => {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  try {
    // Waits for the first text here, while the status can still be chosen.
    const text = await firstChunk(streamChat(promptOf(request.body), gone.signal));
    // Fastify breaks the connection when the stream fails, which shows the browser that the text is incomplete.
    return reply.type('text/plain; charset=utf-8').send(Readable.from(text));
  } catch (error) {
    const { status, headers, body } = refusalOf(error);
    return reply.code(status).headers(headers).send(body);
  }
});

console.log(`Listening on ${await app.listen({ port: Number(process.env['PORT'] ?? 3000) })}`);
