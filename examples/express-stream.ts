// Streams a chat to a browser with Express.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… PORT=3000 npx pnpm@12 example examples/express-stream.ts
// Try: curl -N localhost:3000/chat --json '{"prompt":"Olá"}'
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { firstChunk } from '@api-key-fallback/core';
import express, { type Request, type Response } from 'express';
import { streamChat } from './chat/chat-service.ts';
import { promptOf } from './chat/prompt-of.ts';
import { refusalOf } from './chat/refusal-of.ts';

async function chat(request: Request, response: Response): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    // Waits for the first text here, while the status can still be chosen.
    const text = await firstChunk(streamChat(promptOf(request.body), gone.signal));
    response.type('text/plain');
    await pipeline(Readable.from(text), response);
  } catch (error) {
    // After the first byte only the connection can say that the text is incomplete; pipeline() has broken it.
    if (response.headersSent || gone.signal.aborted) return;
    const { status, headers, body } = refusalOf(error);
    response.status(status).set(headers).json(body);
  }
}

const app = express();
app.use(express.json());
app.post('/chat', (request, response) => chat(request, response));

const server = app.listen(Number(process.env['PORT'] ?? 3000), () => {
  console.log(`Listening on http://localhost:${(server.address() as AddressInfo).port}`);
});
