// One client per key, and one quota per model: a model whose quota is exhausted leaves the key available for the others.
// Run: GEMINI_API_KEY=… GEMINI_API_KEY_2=… npx pnpm@12 example examples/gemini.ts
import {
  currentAttempt,
  firstChunk,
  injectKeys,
  retryWithApiKeyFallback,
  type ApiClient,
} from '@api-key-fallback/core';
import '@api-key-fallback/gemini';

const model = 'gemini-3.6-flash';

class ChatService {
  @retryWithApiKeyFallback({ provider: 'gemini', inject: 'client', operation: model, attemptTimeout: 30_000 })
  async chat(gemini: ApiClient<'gemini'>, contents: string): Promise<string | undefined> {
    const { signal } = currentAttempt();
    const response = await gemini.models.generateContent({ model, contents, config: { abortSignal: signal } });
    return response.text;
  }

  // Falls over until the first chunk.
  @retryWithApiKeyFallback({ provider: 'gemini', inject: 'client', operation: model })
  async stream(gemini: ApiClient<'gemini'>, contents: string) {
    return firstChunk(await gemini.models.generateContentStream({ model, contents }));
  }
}

const service = injectKeys(new ChatService());
console.log(await service.chat('Olá, como você está?'));

for await (const { text } of await service.stream('Conte até três.')) process.stdout.write(text ?? '');
