import { defineAdapter, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import type { ClientOptions, OpenAI } from 'openai';
import { classifyOpenAIError, organizationOf } from './classify-openai-error.ts';
import { probeModels } from './probe-models.ts';
import { readOpenAILimits } from './read-openai-limits.ts';
import { readOpenAIUsage } from './read-openai-usage.ts';
import { watchEventStream, watchResponse } from './watch-event-stream.ts';

/** Creates a client bound to one key, with its own retries off. Passes every response through `observe`. */
export async function createOpenAIClient(
  secret: string,
  options: ClientOptions = {},
  observe: <R>(response: R) => R = (response) => response,
): Promise<OpenAI> {
  const { fetch = globalThis.fetch } = options;
  // Importing the SDK costs about 0.1 s and 30 MB, and `inject: 'key'` never needs it.
  const { OpenAI } = await import('openai');
  return new OpenAI({
    ...options,
    apiKey: secret,
    maxRetries: 0,
    fetch: async (...request) => observe(await fetch(...request)),
    // By default the client reads these from the environment and sends them with every key, also with keys of another
    // organisation: https://github.com/openai/codex/issues/1000
    organization: options.organization ?? null,
    project: options.project ?? null,
    adminAPIKey: options.adminAPIKey ?? null,
  });
}

/**
 * The adapter for OpenAI: classifies errors of the `openai` client, creates clients, and reads rate-limit headers.
 *
 * `OpenAIKeyManager` uses it already; import it to write an adapter that differs in a few members.
 *
 * @example
 * const strictAdapter = defineAdapter({ ...openaiAdapter, keyPattern: /^sk-proj-/ });
 * registry.register(new ApiKeyManager(strictAdapter, loadApiKeys(strictAdapter.env)));
 */
export const openaiAdapter: ProviderAdapter<OpenAI> = defineAdapter<OpenAI>({
  name: 'openai',
  displayName: 'OpenAI',
  env: 'OPENAI_API_KEY',
  keyPattern: /^sk-/,
  classifyError: classifyOpenAIError,
  createClient: (secret, options: ClientOptions = {}, observe) =>
    createOpenAIClient(secret, { ...options, fetch: watchEventStream(options.fetch) }, observe),
  probe(secret, context) {
    // The client reads the same variable.
    const baseURL = process.env['OPENAI_BASE_URL']?.trim() || 'https://api.openai.com/v1';
    return probeModels(this, secret, context, { baseURL });
  },
  watch: watchResponse,
  readLimits: readOpenAILimits,
  groupOf: organizationOf,
  usageOf: (answer) => readOpenAIUsage(answer),
});
