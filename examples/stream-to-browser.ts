// Streams a chat to a browser with node:http alone. With a framework: fastify-stream.ts, express-stream.ts, hono-stream.ts.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… PORT=3000 npx pnpm@12 example examples/stream-to-browser.ts
// Try: curl -N localhost:3000/chat --json '{"prompt":"Olá"}'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { firstChunk } from '@api-key-fallback/core';
import { streamChat } from './chat/chat-service.ts';
import { promptOf } from './chat/prompt-of.ts';
import { refusalOf } from './chat/refusal-of.ts';

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const prompt = promptOf(await json(request).catch(() => undefined));
    // Waits for the first text here, while the status can still be chosen. All keys are tried until then.
    const text = await firstChunk(streamChat(prompt, gone.signal));
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    await pipeline(Readable.from(text), response);
  } catch (error) {
    // After the first byte only the connection can say that the text is incomplete; pipeline() has broken it.
    if (response.headersSent || gone.signal.aborted) return;
    const { status, headers, body } = refusalOf(error);
    response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}

const server = createServer((request, response) => void answer(request, response));
server.listen(Number(process.env['PORT'] ?? 3000), () => {
  console.log(`Listening on http://localhost:${(server.address() as AddressInfo).port}`);
});
