import { keyManagerClass, type KeyManagerClass, type OptionsOfManager } from '@api-key-fallback/core/adapter';
import type { GoogleGenAI } from '@google/genai';
import type { GeminiClientOptions } from './create-gemini-client.ts';
import { geminiAdapter } from './gemini-adapter.ts';

/** Options of a `GeminiKeyManager`. `clientOptions` configure the clients of `inject: 'client'`. */
export type GeminiKeyManagerOptions = OptionsOfManager<GeminiClientOptions>;

const Base: KeyManagerClass<GoogleGenAI, GeminiClientOptions> = keyManagerClass(geminiAdapter, {
  address: 'httpOptions: { baseUrl }',
});

/**
 * Manages the Gemini keys of a service, listed in order of preference.
 *
 * @throws NoApiKeysError for an empty list; InvalidOptionsError for a key that cannot be sent in a header.
 * @example
 * const manager = new GeminiKeyManager(['AIza…', 'AIza…'], { strategy: 'round-robin' });
 * const fromEnv = GeminiKeyManager.fromEnv(); // GEMINI_API_KEY, GEMINI_API_KEY_2, …
 */
export class GeminiKeyManager extends Base {}
