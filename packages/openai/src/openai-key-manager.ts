import { keyManagerClass, type KeyManagerClass, type OptionsOfManager } from '@api-key-fallback/core/adapter';
import type { ClientOptions, OpenAI } from 'openai';
import { openaiAdapter } from './openai-adapter.ts';

/**
 * Options of an `OpenAIKeyManager`. `clientOptions` are the options of `new OpenAI()` for the clients of `inject: 'client'`, for
 * example `baseURL`; `apiKey` and `maxRetries` have no effect in them.
 */
export type OpenAIKeyManagerOptions = OptionsOfManager<ClientOptions>;

const Base: KeyManagerClass<OpenAI, ClientOptions> = keyManagerClass(openaiAdapter, { address: 'baseURL' });

/**
 * Manages the OpenAI keys of a service, listed in order of preference.
 *
 * @throws NoApiKeysError for an empty list; InvalidOptionsError for a key that cannot be sent in a header.
 * @example
 * const manager = new OpenAIKeyManager(['sk-…', 'sk-…'], { strategy: 'round-robin' });
 * const fromEnv = OpenAIKeyManager.fromEnv(); // OPENAI_API_KEY, OPENAI_API_KEY_2, …
 */
export class OpenAIKeyManager extends Base {}
