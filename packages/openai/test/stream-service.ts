import { currentAttempt, retryWithApiKeyFallback, type ApiClient, type ApiKey } from '@api-key-fallback/core';
import OpenAI from 'openai';
import { firstOutput, watchEventStream } from '../src/index.ts';

export type Api = 'chat' | 'responses';
export type Form =
  | 'a generator with a key'
  | 'a generator with a client'
  | 'a stream with a key'
  | 'a stream with a client';

export const forms: readonly Form[] = [
  'a generator with a key',
  'a generator with a client',
  'a stream with a key',
  'a stream with a client',
];

const model = 'gpt-5.6';

async function open(client: OpenAI, api: Api): Promise<AsyncIterable<object>> {
  const { signal } = currentAttempt();
  if (api === 'responses') return client.responses.create({ model, input: 'Hi', stream: true }, { signal });
  const messages = [{ role: 'user' as const, content: 'Hi' }];
  return client.chat.completions.create({ model, messages, stream: true }, { signal });
}

/** Returns the text of an event of either API. */
export function textOf(event: object): string {
  const { delta, choices } = event as { delta?: string; choices?: { delta: { content?: string } }[] };
  return choices?.[0]?.delta.content ?? (typeof delta === 'string' ? delta : '');
}

export async function* texts(events: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const event of events) if (textOf(event)) yield textOf(event);
}

interface CallOptions {
  readonly signal?: AbortSignal;
}

const options = { provider: 'openai', maxRetries: 1, delay: 0, attemptTimeout: 1000 } as const;
const ofGenerator = { ...options, idleTimeout: 2000 } as const;

/** Every kind of streaming method, with the real client. */
export class StreamService {
  /** How often the generator methods ran their `finally`. */
  cleanups = 0;
  readonly #baseURL: string;

  constructor(baseURL: string) {
    this.#baseURL = baseURL;
  }

  @retryWithApiKeyFallback(ofGenerator)
  async *generateByKey(apiKey: ApiKey<'openai'>, api: Api, _options: CallOptions): AsyncGenerator<string> {
    try {
      yield* texts(await open(this.#client(apiKey), api));
    } finally {
      this.cleanups += 1;
    }
  }

  @retryWithApiKeyFallback({ ...ofGenerator, inject: 'client' })
  async *generateByClient(client: ApiClient<'openai'>, api: Api, _options: CallOptions): AsyncGenerator<string> {
    try {
      yield* texts(await open(client, api));
    } finally {
      this.cleanups += 1;
    }
  }

  @retryWithApiKeyFallback(options)
  async openByKey(apiKey: ApiKey<'openai'>, api: Api, _options: CallOptions): Promise<AsyncIterable<object>> {
    return firstOutput(await open(this.#client(apiKey), api));
  }

  @retryWithApiKeyFallback({ ...options, inject: 'client' })
  async openByClient(client: ApiClient<'openai'>, api: Api, _options: CallOptions): Promise<AsyncIterable<object>> {
    return firstOutput(await open(client, api));
  }

  #client(apiKey: string): OpenAI {
    return new OpenAI({ apiKey, baseURL: this.#baseURL, maxRetries: 0, fetch: watchEventStream() });
  }
}
