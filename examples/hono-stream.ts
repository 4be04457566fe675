// Streams a chat to a browser with Hono.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… PORT=3000 npx pnpm@12 example examples/hono-stream.ts
// Try: curl -N localhost:3000/chat --json '{"prompt":"Olá"}'
import { firstChunk } from '@api-key-fallback/core';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { streamChat } from './chat/chat-service.ts';
import { promptOf } from './chat/prompt-of.ts';
import { refusalOf } from './chat/refusal-of.ts';

const app = new Hono();

app.post('/chat', async (context) => {
  const body: unknown = await context.req.json().catch(() => undefined);
  try {
    // Waits for the first text here, while the status can still be chosen. The signal aborts when the browser leaves.
    const text = await firstChunk(streamChat(promptOf(body), context.req.raw.signal));
    const bytes = ReadableStream.from(text).pipeThrough(new TextEncoderStream());
    // A body that fails breaks the connection, which shows the browser that the text is incomplete.
    return context.body(bytes, 200, { 'content-type': 'text/plain; charset=utf-8' });
  } catch (error) {
    const refusal = refusalOf(error);
    return context.json(refusal.body, refusal.status, refusal.headers);
  }
});

serve({ fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000) }, ({ port }) => {
  console.log(`Listening on http://localhost:${port}`);
});
