import { injectKeys, NoApiKeysError, registry, retryWithApiKeyFallback, type ApiClient } from '@api-key-fallback/core';
import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { useWorkingDirectory } from '../../../test-support/working-directory.ts';
import { YouTubeKeyManager } from '../src/index.ts';

const keys = [1, 2, 3, 4].map((number) => `AIzaSyTestKeyNumber${number}0123456789abcdefghi`);

const directory = useWorkingDirectory();
let server: ProviderServer;

beforeEach(async () => {
  server = await startProviderServer();
});

afterEach(() => server.close());

function play(...scripts: readonly (readonly ProviderStep[])[]): YouTubeKeyManager {
  for (const [index, script] of scripts.entries()) server.script(keys[index] ?? '', script);
  const clientOptions = { rootUrl: server.youtubeRootUrl };
  return new YouTubeKeyManager(keys.slice(0, scripts.length), { clientOptions, logger: false });
}

class VideoService {
  @retryWithApiKeyFallback({ provider: 'youtube', maxRetries: 3, delay: 0, inject: 'client' })
  async title(client: ApiClient<'youtube'>, id: string): Promise<string | null | undefined> {
    const { data } = await client.videos.list({ part: ['snippet'], id: [id] });
    return data.items?.[0]?.snippet?.title;
  }
}

it.each(['baseURL', 'baseUrl', 'root_url'])('the address of a server is not lost when it is written as %s', (name) => {
  const clientOptions = { [name]: 'http://127.0.0.1:9' };
  const message = `Unknown option "clientOptions.${name}". Write clientOptions: { rootUrl }.`;
  expect(() => new YouTubeKeyManager(keys, { clientOptions, logger: false } as never)).toThrow(message);
});

it('searches with the next key after the hundred searches of a day, and lists videos with the first one', async () => {
  const manager = new YouTubeKeyManager(keys.slice(0, 2), { logger: false });
  const used = (operation: string) => manager.retryWithFallback((key) => keys.indexOf(key) + 1, { operation });
  for (let call = 0; call < 100; call++) expect(await used('search.list')).toBe(1);
  expect(await used('search.list')).toBe(2);
  expect(await used('videos.list')).toBe(1);
  expect(manager.status().keys[0]?.limits).toMatchObject([
    { name: 'unitsPerDay', source: 'documented', limit: 10_000, used: 101 },
    { name: 'requestsPerDay', source: 'documented', bucket: 'search.list', limit: 100, used: 100 },
    { name: 'requestsPerDay', source: 'documented', bucket: 'videos.insert', limit: 100, used: 0 },
  ]);
});

describe('the default key manager', () => {
  it('is registered by the import, even without keys', () => {
    expect(registry.isKnown('youtube')).toBe(true);
    expect(registry.list()).toContain('youtube');
  });

  it('names the variables it read when no key is set', () => {
    expect(() => registry.get('youtube')).toThrow(NoApiKeysError);
    expect(() => registry.get('youtube')).toThrow(/YOUTUBE_API_KEY\b/);
  });

  it('is created once, from the environment, on first use', async () => {
    vi.stubEnv('API_KEY_FALLBACK_LOG_LEVEL', 'silent');
    await directory.writeEnv([`YOUTUBE_API_KEY=${keys[0]}`, `YOUTUBE_API_KEY_2=${keys[1]}`]);
    const manager = registry.get('youtube');
    expectTypeOf(manager).toEqualTypeOf<YouTubeKeyManager>();
    expect(manager).toBeInstanceOf(YouTubeKeyManager);
    expect(manager.getAllKeys()).toEqual([keys[0], keys[1]]);
    expect(registry.get('youtube')).toBe(manager);
  });

  it('is replaced by an explicitly registered one', () => {
    const manager = new YouTubeKeyManager(keys, { logger: false });
    registry.register(manager);
    expect(registry.get('youtube')).toBe(manager);
  });
});

describe('YouTubeKeyManager.fromEnv', () => {
  it('labels each key with its variable name', async () => {
    vi.stubEnv('YOUTUBE_API_KEY_9', keys[1]);
    await directory.writeEnv([`YOUTUBE_API_KEY=${keys[0]}`]);
    const manager = YouTubeKeyManager.fromEnv({ directory: directory.path, logger: false });
    expect(manager.status().keys.map(({ label }) => label)).toEqual(['YOUTUBE_API_KEY', 'YOUTUBE_API_KEY_9']);
  });
});

describe('a decorated method with the real client', () => {
  const service = injectKeys(new VideoService());

  it('receives a client bound to the active key', async () => {
    registry.unregister('youtube');
    registry.register(play(['quota-exhausted'], ['invalid-key'], ['service_disabled'], ['ok']));
    await expect(service.title('dQw4w9WgXcQ')).resolves.toBe('Video dQw4w9WgXcQ');
    expect(keys.map((key) => server.requestCount(key))).toEqual([1, 1, 1, 1]);
    expect(server.requests.some(({ query }) => query && 'key' in query)).toBe(false);
  });

  it('makes keys × maxRetries requests in an outage, and never more', async () => {
    registry.unregister('youtube');
    registry.register(play(['unavailable'], ['reset'], ['backend_error_500'], [{ status: 502 }]));
    await expect(service.title('dQw4w9WgXcQ')).rejects.toMatchObject({
      name: 'AllKeysFailedError',
      reason: 'unavailable',
    });
    expect(keys.map((key) => server.requestCount(key))).toEqual([3, 3, 3, 3]);
  });

  it('rejects after one request for a caller error and leaves every key healthy', async () => {
    const manager = play(['comments_disabled'], ['ok']);
    registry.unregister(manager.provider);
    registry.register(manager);
    await expect(service.title('dQw4w9WgXcQ')).rejects.toMatchObject({ status: 403 });
    expect(server.requestCount()).toBe(1);
    expect(manager.getFailedKeys()).toEqual([]);
  });
});
