import {
  ApiKeyManager,
  loadNamedApiKeys,
  type ApiKeyInput,
  type KeyManagerOptions,
  type LoadApiKeysOptions,
} from '@api-key-fallback/core';
import { rapidApiAdapter } from './rapidapi-adapter.ts';

/** Options of a `RapidApiKeyManager`, which makes no clients. */
export type RapidApiKeyManagerOptions = Omit<KeyManagerOptions, 'clientOptions'>;

/** The RapidAPI application keys of a service, given as a list in order of preference. */
export class RapidApiKeyManager extends ApiKeyManager {
  constructor(keys: readonly ApiKeyInput[], options: RapidApiKeyManagerOptions = {}) {
    super(rapidApiAdapter, keys, options);
  }

  /**
   * Reads the keys from `RAPIDAPI_KEY`, `RAPIDAPI_KEY_2`, … and `RAPIDAPI_KEYS` in the environment and `.env*` files.
   *
   * @throws NoApiKeysError naming the variables and files that were looked at.
   */
  static fromEnv(options: RapidApiKeyManagerOptions & LoadApiKeysOptions = {}): RapidApiKeyManager {
    return new RapidApiKeyManager(loadNamedApiKeys(rapidApiAdapter.env, options), options);
  }
}
