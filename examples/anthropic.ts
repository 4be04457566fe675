// Streams from Anthropic with the first key that works, with the real client.
// Run: ANTHROPIC_API_KEY=… ANTHROPIC_API_KEY_2=… npx pnpm@12 example examples/anthropic.ts
import '@api-key-fallback/anthropic';
import { currentAttempt, injectKeys, retryWithApiKeyFallback, type ApiClient } from '@api-key-fallback/core';

class ClaudeService {
  @retryWithApiKeyFallback({ provider: 'anthropic', inject: 'client', attemptTimeout: 20_000, idleTimeout: 10_000 })
  async *ask(anthropic: ApiClient<'anthropic'>, content: string): AsyncGenerator<string> {
    const { signal } = currentAttempt();
    const messages = [{ role: 'user' as const, content }];
    const stream = await anthropic.messages.create(
      { model: 'claude-sonnet-5', max_tokens: 1024, messages, stream: true },
      { signal },
    );
    for await (const event of stream) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') yield event.delta.text;
    }
  }
}

const service = injectKeys(new ClaudeService());
for await (const text of service.ask('Olá, como você está?')) process.stdout.write(text);
process.stdout.write('\n');
