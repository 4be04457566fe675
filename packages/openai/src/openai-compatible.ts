import {
  ApiKeyManager,
  customProvider,
  InvalidOptionsError,
  loadApiKeys,
  type ApiKeyInput,
  type CustomProvider,
  type LoadApiKeysOptions,
} from '@api-key-fallback/core';
import { defineAdapter, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import type { ClientOptions, OpenAI } from 'openai';
import { classifyOpenAIError, organizationOf } from './classify-openai-error.ts';
import { createOpenAIClient } from './openai-adapter.ts';
import type { OpenAIKeyManagerOptions } from './openai-key-manager.ts';
import { readOpenAILimits } from './read-openai-limits.ts';

/** Options of `openAICompatible()`: how to reach and name a provider that speaks OpenAI's API. */
export interface OpenAICompatibleOptions<Name extends string = string> {
  /** The name used in `{ provider }`, for example `groq`: letters, digits, `.`, `_` and `-`. */
  readonly name: Name;
  /** The name in log lines, for example `Groq`. @default the name */
  readonly displayName?: string;
  /** The http(s) address of the API, for example `https://api.groq.com/openai/v1`. */
  readonly baseURL: string;
  /** The environment variable of the first key, for example `GROQ_API_KEY`; `GROQ_API_KEY_2`, … and `GROQ_API_KEYS` follow from it. */
  readonly env: string;
}

/** Options of `createKeyManager()`: the keys or where to load them from, and the options of the manager. */
export interface OpenAICompatibleKeyManagerOptions extends OpenAIKeyManagerOptions, LoadApiKeysOptions {
  /** The keys in order of preference. @default the keys from the environment and the `.env*` files */
  readonly keys?: readonly ApiKeyInput[];
}

/** The adapter that `openAICompatible()` returns. */
export interface OpenAICompatibleAdapter<Name extends string = string> extends ProviderAdapter<OpenAI> {
  /** The name to pass as `provider`. */
  readonly name: CustomProvider<Name>;
  /** The address that clients use unless `clientOptions.baseURL` overrides it. */
  readonly baseURL: string;
  /**
   * Creates a key manager whose clients send their requests to this provider.
   *
   * @throws NoApiKeysError without keys.
   */
  createKeyManager(options?: OpenAICompatibleKeyManagerOptions): ApiKeyManager<OpenAI>;
}

function assertAddress(baseURL: string): void {
  if (URL.canParse(baseURL) && /^https?:$/.test(new URL(baseURL).protocol)) return;
  throw new InvalidOptionsError(
    'openAICompatible(): "baseURL" must be an http(s) URL, for example "https://api.groq.com/openai/v1".',
  );
}

/**
 * Creates the adapter for a provider that speaks OpenAI's API: Groq, OpenRouter, Mistral, DeepSeek, Cerebras, NVIDIA NIM,
 * Together and others.
 *
 * @throws InvalidOptionsError when a name is empty or `baseURL` is not an http(s) URL.
 * @example
 * const groq = openAICompatible({ name: 'groq', baseURL: 'https://api.groq.com/openai/v1', env: 'GROQ_API_KEY' });
 * registry.register(groq.createKeyManager());
 */
export function openAICompatible<const Name extends string>(
  options: OpenAICompatibleOptions<Name>,
): OpenAICompatibleAdapter<Name> {
  const { name, displayName = name, baseURL, env } = options;
  assertAddress(baseURL);
  const adapter = defineAdapter<OpenAI>({
    name,
    displayName,
    env,
    classifyError: classifyOpenAIError,
    readLimits: readOpenAILimits,
    groupOf: organizationOf,
    createClient: (secret, clientOptions: ClientOptions = {}, observe) =>
      createOpenAIClient(secret, { baseURL, ...clientOptions }, observe),
  });
  return {
    ...adapter,
    name: customProvider(name),
    baseURL,
    createKeyManager: ({ keys, ...managerOptions } = {}) =>
      new ApiKeyManager(adapter, keys ?? loadApiKeys(env, managerOptions), managerOptions),
  };
}
