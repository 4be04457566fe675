import { keyManagerClass, type KeyManagerClass, type OptionsOfManager } from '@api-key-fallback/core/adapter';
import { rapidApiAdapter } from './rapidapi-adapter.ts';

/** Options of a `RapidApiKeyManager`. It has no `clientOptions`, because it creates no clients. */
export type RapidApiKeyManagerOptions = OptionsOfManager<never>;

const Base: KeyManagerClass<unknown> = keyManagerClass(rapidApiAdapter);

/**
 * Manages the RapidAPI application keys of a service, listed in order of preference.
 *
 * @throws NoApiKeysError for an empty list; InvalidOptionsError for a key that cannot be sent in a header.
 * @example
 * const manager = new RapidApiKeyManager(['…', '…']);
 * const fromEnv = RapidApiKeyManager.fromEnv(); // RAPIDAPI_KEY, RAPIDAPI_KEY_2, …
 */
export class RapidApiKeyManager extends Base {}
