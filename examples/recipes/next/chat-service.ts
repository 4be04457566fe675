import { currentAttempt, injectKeys, retryWithApiKeyFallback, type ApiClient } from '@api-key-fallback/core';
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

export const service = injectKeys(new ChatService());
