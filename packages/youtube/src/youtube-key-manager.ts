import { keyManagerClass, type KeyManagerClass, type OptionsOfManager } from '@api-key-fallback/core/adapter';
import type { youtube_v3 } from '@googleapis/youtube';
import { youtubeAdapter, type YouTubeClientOptions } from './youtube-adapter.ts';

/** Options of a `YouTubeKeyManager`. `clientOptions` configure the clients of `inject: 'client'`. */
export type YouTubeKeyManagerOptions = OptionsOfManager<YouTubeClientOptions>;

const Base: KeyManagerClass<youtube_v3.Youtube, YouTubeClientOptions> = keyManagerClass(youtubeAdapter, {
  address: 'rootUrl',
});

/**
 * Manages the YouTube keys of a service, listed in order of preference.
 *
 * @throws NoApiKeysError for an empty list; InvalidOptionsError for a key that cannot be sent in a header.
 * @example
 * const manager = new YouTubeKeyManager(['AIza…', 'AIza…']);
 * const fromEnv = YouTubeKeyManager.fromEnv(); // YOUTUBE_API_KEY, YOUTUBE_API_KEY_2, …
 */
export class YouTubeKeyManager extends Base {}
