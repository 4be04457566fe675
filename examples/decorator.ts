// A service class whose method survives rate limits, dead keys and a bad network.
// Run: OPENAI_API_KEY=… OPENAI_API_KEY_2=… npx pnpm@12 example examples/decorator.ts
import { injectKeys, retryWithApiKeyFallback, type ApiKey } from '@api-key-fallback/core';
import '@api-key-fallback/openai';
import OpenAI from 'openai';

class ChatService {
  @retryWithApiKeyFallback({ provider: 'openai', maxRetries: 3, delay: 1000 })
  async chat(apiKey: ApiKey<'openai'>, prompt: string): Promise<string> {
    // The client's own retries are off: two layers of retries multiply.
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
