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

/** A provider whose API the `openai` client speaks. */
export interface OpenAICompatibleOptions<Name extends string = string> {
  /** What `{ provider }` will say, for example `groq`. */
  readonly name: Name;
  /** What the log says. @default the name */
  readonly displayName?: string;
  /** For example `https://api.groq.com/openai/v1`. */
  readonly baseURL: string;
  /** The variable of the first key, for example `GROQ_API_KEY`. */
  readonly env: string;
}

/** Options of `createKeyManager()`: the keys, or where they are read from, and those of the manager. */
export interface OpenAICompatibleKeyManagerOptions extends OpenAIKeyManagerOptions, LoadApiKeysOptions {
  /** @default the keys in the environment and the `.env*` files */
  readonly keys?: readonly ApiKeyInput[];
}

/** The adapter of a provider whose API the `openai` client speaks. */
export interface OpenAICompatibleAdapter<Name extends string = string> extends ProviderAdapter<OpenAI> {
  readonly name: CustomProvider<Name>;
  readonly baseURL: string;
  /**
   * Makes a key manager, whose clients talk to the provider.
   *
   * @throws NoApiKeysError when there is no key.
   */
  createKeyManager(options?: OpenAICompatibleKeyManagerOptions): ApiKeyManager<OpenAI>;
}

function assertAddress(baseURL: string): void {
  if (URL.canParse(baseURL) && /^https?:$/.test(new URL(baseURL).protocol)) return;
  throw new InvalidOptionsError('The "baseURL" of openAICompatible() must be an http(s) address.');
}

/**
 * Makes the adapter of a provider that speaks OpenAI's API: Groq, OpenRouter, Mistral, DeepSeek, Cerebras, NVIDIA NIM,
 * Together and others.
 *
 * @throws InvalidOptionsError when a name is empty or `baseURL` is no http(s) address.
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
