// Receives a client instead of the key: one client per key, with its own retries off and the key in a header.
// Run: YOUTUBE_API_KEY=… YOUTUBE_API_KEY_2=… npx pnpm@12 example examples/youtube.ts
// YOUTUBE_ROOT_URL is for tests only: a server that replaces YouTube's.
import { injectKeys, registry, retryWithApiKeyFallback, type ApiClient } from '@api-key-fallback/core';
import { YouTubeKeyManager } from '@api-key-fallback/youtube';

const rootUrl = process.env['YOUTUBE_ROOT_URL'];
registry.register(YouTubeKeyManager.fromEnv(rootUrl ? { clientOptions: { rootUrl } } : {}));

class VideoService {
  @retryWithApiKeyFallback({ provider: 'youtube', inject: 'client', operation: 'search.list' })
  async search(youtube: ApiClient<'youtube'>, q: string): Promise<string[]> {
    const { data } = await youtube.search.list({ part: ['snippet'], type: ['video'], q, maxResults: 3 });
    return data.items?.map(({ snippet }) => snippet?.title ?? '') ?? [];
  }
}

const videos = injectKeys(new VideoService());
console.log(await videos.search('lo-fi'));
