import { retryWithApiKeyFallback, type ApiClient, type ApiKey } from '@api-key-fallback/core';
import OpenAI from 'openai';

/** Receives the key and creates its own client. */
export class ChatService {
  readonly #baseURL: string | undefined;

  constructor(baseURL?: string) {
    this.#baseURL = baseURL;
  }

  @retryWithApiKeyFallback({ provider: 'openai', maxRetries: 3, delay: 150 })
  async chat(apiKey: ApiKey<'openai'>, prompt: string): Promise<string> {
    const client = new OpenAI({ apiKey, maxRetries: 0, baseURL: this.#baseURL });
    const completion = await client.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: prompt }],
    });
    return completion.choices[0]?.message.content ?? '';
  }
}

/** Receives a client for the key. */
export class VideoService {
  @retryWithApiKeyFallback({ provider: 'youtube', inject: 'client', maxRetries: 3, delay: 150 })
  async titleOf(youtube: ApiClient<'youtube'>, id: string): Promise<string> {
    const { data } = await youtube.videos.list({ part: ['snippet'], id: [id] });
    return data.items?.[0]?.snippet?.title ?? '';
  }
}
