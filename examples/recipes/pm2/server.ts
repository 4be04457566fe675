// A web service that PM2 runs in several instances. They share the state of the keys in a folder of the machine.
// Environment: OPENAI_API_KEY, OPENAI_API_KEY_2, …, API_KEY_STATE_DIR and PORT.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { AllKeysFailedError, FileStore, registry } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';

const store = new FileStore(process.env['API_KEY_STATE_DIR'] ?? '/var/lib/chat/keys');
const keys = OpenAIKeyManager.fromEnv({ store });
registry.register(keys);
// Before the first request, reads what the other instances and the last ones know.
await keys.ready();

function chat(prompt: string, signal: AbortSignal): Promise<string> {
  return keys.retryWithFallback(
    async (openai, attempt) => {
      const messages = [{ role: 'user' as const, content: prompt }];
      const request = { signal: attempt.signal };
      const completion = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages }, request);
      return completion.choices[0]?.message.content ?? '';
    },
    { inject: 'client', maxRetries: 2, delay: 200, signal },
  );
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  // The name of the instance, to see which one has answered.
  response.setHeader('x-instance', process.env['NODE_APP_INSTANCE'] ?? '0');
  try {
    response.end(await chat(await text(request), gone.signal));
  } catch (error) {
    const isExhausted = AllKeysFailedError.isInstance(error);
    if (isExhausted && error.retryAfterMs !== undefined) {
      response.setHeader('retry-after', Math.ceil(error.retryAfterMs / 1000));
    }
    response.writeHead(isExhausted ? 503 : 502).end(isExhausted ? error.reason : 'The provider failed.');
  }
}

const server = createServer((request, response) => void answer(request, response));
// To PM2: this instance is ready, end the old one.
server.listen(Number(process.env['PORT'] ?? 3000), () => process.send?.('ready'));

// PM2 sends SIGINT.
process.once('SIGINT', () => {
  console.log('Ending after the running requests');
  // Ends idle connections, and waits for the running requests.
  server.close(async () => {
    await registry.close();
    await store.close();
    process.exit();
  });
});
