import type { Anthropic, ClientOptions } from '@anthropic-ai/sdk';
import { keyManagerClass, type KeyManagerClass, type OptionsOfManager } from '@api-key-fallback/core/adapter';
import { anthropicAdapter } from './anthropic-adapter.ts';

/**
 * Options of an `AnthropicKeyManager`. `clientOptions` are the options of `new Anthropic()` for the clients of
 * `inject: 'client'`, for example `baseURL`; `maxRetries`, `apiKey` and the other credentials have no effect in them.
 */
export type AnthropicKeyManagerOptions = OptionsOfManager<ClientOptions>;

const Base: KeyManagerClass<Anthropic, ClientOptions> = keyManagerClass(anthropicAdapter, { address: 'baseURL' });

/**
 * Manages the Anthropic keys of a service, listed in order of preference.
 *
 * @throws NoApiKeysError for an empty list; InvalidOptionsError for a key that cannot be sent in a header.
 * @example
 * const manager = new AnthropicKeyManager(['sk-ant-…', 'sk-ant-…'], { strategy: 'round-robin' });
 * const fromEnv = AnthropicKeyManager.fromEnv(); // ANTHROPIC_API_KEY, ANTHROPIC_API_KEY_2, …
 */
export class AnthropicKeyManager extends Base {}
