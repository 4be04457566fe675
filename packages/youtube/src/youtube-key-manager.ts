import { keyManagerClass, type KeyManagerClass, type OptionsOfManager } from '@api-key-fallback/core/adapter';
import type { youtube_v3 } from '@googleapis/youtube';
import { youtubeAdapter, type YouTubeClientOptions } from './youtube-adapter.ts';

/** Options of a `YouTubeKeyManager`. `clientOptions` are those of the clients that `inject: 'client'` hands out. */
export type YouTubeKeyManagerOptions = OptionsOfManager<YouTubeClientOptions>;

const Base: KeyManagerClass<youtube_v3.Youtube, YouTubeClientOptions> = keyManagerClass(youtubeAdapter);

/**
 * The YouTube keys of a service, given as a list in order of preference.
 *
 * @example
 * const manager = new YouTubeKeyManager(['AIza…', 'AIza…']);
 * const fromEnv = YouTubeKeyManager.fromEnv(); // YOUTUBE_API_KEY, YOUTUBE_API_KEY_2, …
 */
export class YouTubeKeyManager extends Base {}
