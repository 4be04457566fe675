// A stream that falls over until its first text, and never repeats text.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… npx pnpm@12 example examples/streaming.ts
import { currentAttempt, injectKeys, retryWithApiKeyFallback, type ApiClient } from '@api-key-fallback/core';
import { firstOutput } from '@api-key-fallback/openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';

class ChatService {
  // At most 20 s until the first text, then 10 s between chunks.
  @retryWithApiKeyFallback({ provider: 'openai', inject: 'client', attemptTimeout: 20_000, idleTimeout: 10_000 })
  async *chat(openai: ApiClient<'openai'>, prompt: string): AsyncGenerator<string> {
    const { signal } = currentAttempt();
    const messages = [{ role: 'user' as const, content: prompt }];
    const stream = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages, stream: true }, { signal });
    for await (const chunk of stream) {
      const text = chunk.choices[0]?.delta.content;
      if (text) yield text;
    }
  }

  // Returns the client's own stream. The call is settled at the first event with output.
  @retryWithApiKeyFallback({ provider: 'openai', inject: 'client', attemptTimeout: 20_000 })
  async events(openai: ApiClient<'openai'>, input: string): Promise<AsyncIterable<ResponseStreamEvent>> {
    const { signal } = currentAttempt();
    return firstOutput(await openai.responses.create({ model: 'gpt-4o-mini', input, stream: true }, { signal }));
  }
}

const service = injectKeys(new ChatService());

for await (const text of service.chat('Olá, como você está?')) process.stdout.write(text);
process.stdout.write('\n');

for await (const event of await service.events('E agora?')) {
  if (event.type === 'response.output_text.delta') process.stdout.write(event.delta);
}
process.stdout.write('\n');
