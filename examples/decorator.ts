// A service class with a method that falls over from one OpenAI key to the next.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… npx pnpm@12 example examples/decorator.ts
import { injectKeys, retryWithApiKeyFallback, type ApiKey } from '@api-key-fallback/core';
import '@api-key-fallback/openai';
import OpenAI from 'openai';

class ChatService {
  @retryWithApiKeyFallback({ provider: 'openai', maxRetries: 3, delay: 1000 })
  async chat(apiKey: ApiKey<'openai'>, prompt: string): Promise<string> {
    // Switch off the client's own retries, because two layers of retries multiply.
    const client = new OpenAI({ apiKey, maxRetries: 0 });
    const completion = await client.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: prompt }],
    });
    return completion.choices[0]?.message.content ?? '';
  }
}

const service = injectKeys(new ChatService());
console.log(await service.chat('Olá, como você está?'));
