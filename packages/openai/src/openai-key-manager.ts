import { keyManagerClass, type KeyManagerClass, type OptionsOfManager } from '@api-key-fallback/core/adapter';
import type { ClientOptions, OpenAI } from 'openai';
import { openaiAdapter } from './openai-adapter.ts';

/**
 * Options of an `OpenAIKeyManager`. `clientOptions` are those of the clients that `inject: 'client'` hands out, for example
 * `baseURL`; its `apiKey` and `maxRetries` have no effect.
 */
export type OpenAIKeyManagerOptions = OptionsOfManager<ClientOptions>;

const Base: KeyManagerClass<OpenAI, ClientOptions> = keyManagerClass(openaiAdapter);

/**
 * The OpenAI keys of a service, given as a list in order of preference.
 *
 * @example
 * const manager = new OpenAIKeyManager(['sk-…', 'sk-…'], { strategy: 'round-robin' });
 * const fromEnv = OpenAIKeyManager.fromEnv(); // OPENAI_API_KEY, OPENAI_API_KEY_2, …
 */
export class OpenAIKeyManager extends Base {}
