import { currentAttempt, injectKeys, registry, retryWithApiKeyFallback, type ApiClient } from '@api-key-fallback/core';
import '@api-key-fallback/openai';

class ChatService {
  // The decorator takes the signal from the last argument.
  @retryWithApiKeyFallback({ provider: 'openai', inject: 'client', maxRetries: 2, delay: 200, idleTimeout: 10_000 })
  async *stream(openai: ApiClient<'openai'>, prompt: string, _signal: AbortSignal): AsyncGenerator<string> {
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

/** The answer to a prompt, text by text. All keys are tried until the first text, and none after it. */
export function streamChat(prompt: string, signal: AbortSignal): AsyncGenerator<string> {
  return service.stream(prompt, signal);
}
