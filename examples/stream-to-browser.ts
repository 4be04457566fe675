// Streams a chat to a browser. Without a usable key it answers 503 with Retry-After, and a browser that leaves ends the request.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… PORT=3000 npx pnpm@12 example examples/stream-to-browser.ts
// Try: curl -N 'localhost:3000/?prompt=Olá'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AllKeysFailedError,
  currentAttempt,
  firstChunk,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  type ApiClient,
} from '@api-key-fallback/core';
import '@api-key-fallback/openai';

class ChatService {
  // The decorator takes the signal from the last argument.
  @retryWithApiKeyFallback({ provider: 'openai', inject: 'client', maxRetries: 2, delay: 200, idleTimeout: 10_000 })
  async *chat(openai: ApiClient<'openai'>, prompt: string, _signal: AbortSignal): AsyncGenerator<string> {
    const { signal } = currentAttempt();
    const messages = [{ role: 'user' as const, content: prompt }];
    const stream = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true }, { signal });
    for await (const chunk of stream) {
      const text = chunk.choices[0]?.delta.content;
      if (text) yield text;
    }
  }
}

const service = injectKeys(new ChatService());
// Without a key, fail at startup rather than at the first request.
registry.get('openai');

function refuse(response: ServerResponse, error: unknown): void {
  const isExhausted = AllKeysFailedError.isInstance(error);
  if (isExhausted && error.retryAfterMs !== undefined) {
    response.setHeader('retry-after', Math.ceil(error.retryAfterMs / 1000));
  }
  response.writeHead(isExhausted ? 503 : 502).end(isExhausted ? error.reason : 'The provider failed.');
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const prompt = new URL(request.url ?? '/', 'http://localhost').searchParams.get('prompt') ?? 'Olá';
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    // Waits for the first text here, while the status can still be chosen. All keys are tried until then.
    const text = await firstChunk(service.chat(prompt, gone.signal));
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    await pipeline(Readable.from(text), response);
  } catch (error) {
    // After the first byte only the connection can say that the text is incomplete; pipeline() has closed it.
    if (!response.headersSent && !gone.signal.aborted) refuse(response, error);
  }
}

const server = createServer((request, response) => void answer(request, response));
server.listen(Number(process.env['PORT'] ?? 3000), () => {
  console.log(`Listening on http://localhost:${(server.address() as AddressInfo).port}`);
});
