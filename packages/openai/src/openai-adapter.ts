import { defineAdapter, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import type { ClientOptions, OpenAI } from 'openai';
import { classifyOpenAIError, organizationOf } from './classify-openai-error.ts';
import { readOpenAILimits } from './read-openai-limits.ts';
import { watchEventStream, watchResponse } from './watch-event-stream.ts';

/** Makes a client bound to one key. */
export async function createOpenAIClient(
  secret: string,
  options: ClientOptions = {},
  observe: (response: unknown) => void = () => {},
): Promise<OpenAI> {
  const { fetch = globalThis.fetch } = options;
  // Importing the SDK takes about 0.1 s and 30 MB, and whoever injects keys brings a client along.
  const { OpenAI } = await import('openai');
  return new OpenAI({
    ...options,
    apiKey: secret,
    maxRetries: 0,
    fetch: async (...request) => {
      const response = await fetch(...request);
      observe(response);
      return response;
    },
    // The client reads these from the environment and sends them with every key, whosever key that is:
    // https://github.com/openai/codex/issues/1000
    organization: options.organization ?? null,
    project: options.project ?? null,
    adminAPIKey: options.adminAPIKey ?? null,
  });
}

/** What the fallback loop knows about OpenAI: how to judge its errors and how to make a client for a key. */
export const openaiAdapter: ProviderAdapter<OpenAI> = defineAdapter<OpenAI>({
  name: 'openai',
  displayName: 'OpenAI',
  env: 'OPENAI_API_KEY',
  keyPattern: /^sk-/,
  classifyError: classifyOpenAIError,
  createClient: (secret, options: ClientOptions = {}, observe) =>
    createOpenAIClient(secret, { ...options, fetch: watchEventStream(options.fetch) }, observe),
  watch: watchResponse,
  readLimits: readOpenAILimits,
  groupOf: organizationOf,
});
