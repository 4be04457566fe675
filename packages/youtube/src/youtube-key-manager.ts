import {
  ApiKeyManager,
  loadNamedApiKeys,
  type ApiKeyInput,
  type KeyManagerOptions,
  type LoadApiKeysOptions,
} from '@api-key-fallback/core';
import type { youtube_v3 } from '@googleapis/youtube';
import { youtubeAdapter, type YouTubeClientOptions } from './youtube-adapter.ts';

/** Options of a `YouTubeKeyManager`. */
export interface YouTubeKeyManagerOptions extends Omit<KeyManagerOptions, 'clientOptions'> {
  /** For the clients that `inject: 'client'` hands out. */
  readonly clientOptions?: YouTubeClientOptions;
}

/** The YouTube keys of a service, given as a list in order of preference. */
export class YouTubeKeyManager extends ApiKeyManager<youtube_v3.Youtube> {
  constructor(keys: readonly ApiKeyInput[], options: YouTubeKeyManagerOptions = {}) {
    super(youtubeAdapter, keys, options);
  }

  /**
   * Reads the keys from `YOUTUBE_API_KEY`, `YOUTUBE_API_KEY_2`, … and `YOUTUBE_API_KEYS` in the environment and `.env*` files.
   *
   * @throws NoApiKeysError naming the variables and files that were looked at.
   */
  static fromEnv(options: YouTubeKeyManagerOptions & LoadApiKeysOptions = {}): YouTubeKeyManager {
    return new YouTubeKeyManager(loadNamedApiKeys(youtubeAdapter.env, options), options);
  }
}
