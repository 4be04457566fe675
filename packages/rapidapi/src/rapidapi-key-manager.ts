import { keyManagerClass, type KeyManagerClass, type OptionsOfManager } from '@api-key-fallback/core/adapter';
import { rapidApiAdapter } from './rapidapi-adapter.ts';

/** Options of a `RapidApiKeyManager`, which makes no clients. */
export type RapidApiKeyManagerOptions = OptionsOfManager<never>;

const Base: KeyManagerClass<unknown> = keyManagerClass(rapidApiAdapter);

/**
 * The RapidAPI application keys of a service, given as a list in order of preference.
 *
 * @example
 * const manager = new RapidApiKeyManager(['…', '…']);
 * const fromEnv = RapidApiKeyManager.fromEnv(); // RAPIDAPI_KEY, RAPIDAPI_KEY_2, …
 */
export class RapidApiKeyManager extends Base {}
