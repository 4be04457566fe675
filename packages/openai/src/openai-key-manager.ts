import {
  ApiKeyManager,
  loadNamedApiKeys,
  type ApiKeyInput,
  type KeyManagerOptions,
  type LoadApiKeysOptions,
} from '@api-key-fallback/core';
import type { ClientOptions, OpenAI } from 'openai';
import { openaiAdapter } from './openai-adapter.ts';

/** Options of an `OpenAIKeyManager`. */
export interface OpenAIKeyManagerOptions extends Omit<KeyManagerOptions, 'clientOptions'> {
  /** For the clients that `inject: 'client'` hands out, e.g. `baseURL`; `apiKey` and `maxRetries` have no effect. */
  readonly clientOptions?: ClientOptions;
}

/** The OpenAI keys of a service, given as a list in order of preference. */
export class OpenAIKeyManager extends ApiKeyManager<OpenAI> {
  constructor(keys: readonly ApiKeyInput[], options: OpenAIKeyManagerOptions = {}) {
    super(openaiAdapter, keys, options);
  }

  /**
   * Reads the keys from `OPENAI_API_KEY`, `OPENAI_API_KEY_2`, … and `OPENAI_API_KEYS` in the environment and `.env*` files.
   *
   * @throws NoApiKeysError naming the variables and files that were looked at.
   */
  static fromEnv(options: OpenAIKeyManagerOptions & LoadApiKeysOptions = {}): OpenAIKeyManager {
    return new OpenAIKeyManager(loadNamedApiKeys(openaiAdapter.env, options), options);
  }
}
