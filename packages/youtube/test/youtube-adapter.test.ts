import { startProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import type { youtube_v3 } from '@googleapis/youtube';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evaluateModule } from '../../../test-support/evaluate-module.ts';
import { youtubeAdapter, type YouTubeClientOptions } from '../src/index.ts';
import { key, makeClient, provokeYouTubeError } from './provoke-youtube-error.ts';

const video = { part: ['id'], id: ['dQw4w9WgXcQ'] };

let server: Awaited<ReturnType<typeof startProviderServer>>;

beforeEach(async () => {
  server = await startProviderServer({ otherwise: 'ok' });
});

afterEach(() => server.close());

interface SentRequest {
  readonly url: string;
  readonly headers: Headers;
}

/** A client and the requests it sends. */
async function recordingClient(
  options: YouTubeClientOptions = {},
): Promise<{ client: youtube_v3.Youtube; sent: SentRequest[] }> {
  const sent: SentRequest[] = [];
  const fetchImplementation: typeof fetch = (input, init) => {
    sent.push({ url: new Request(input).url, headers: new Headers(init?.headers) });
    return fetch(input, init);
  };
  const client = await makeClient({ ...options, rootUrl: server.youtubeRootUrl, fetchImplementation });
  return { client, sent };
}

describe('a client', () => {
  it('sends its key in a header, never in the URL', async () => {
    const { client, sent } = await recordingClient();
    const { data } = await client.videos.list(video);
    expect(data.items?.map(({ id }) => id)).toEqual(['dQw4w9WgXcQ']);
    expect(sent[0]?.headers.get('x-goog-api-key')).toBe(key);
    expect(sent[0]?.url).not.toContain('key');
    expect(server.requests[0]).toMatchObject({ key, query: { part: 'id', id: 'dQw4w9WgXcQ' } });
  });

  it('keeps its key when its options or a call add headers', async () => {
    const spellings: readonly NonNullable<YouTubeClientOptions['headers']>[] = [
      new Headers({ 'X-Service': 'videos' }),
      { 'X-Service': 'videos' },
      [['X-Service', 'videos']],
    ];
    for (const headers of spellings) {
      const { client, sent } = await recordingClient({ headers });
      await client.videos.list(video, { headers: { 'X-Call': '1' } });
      const [request] = sent;
      expect(request?.headers.get('x-service')).toBe('videos');
      expect(request?.headers.get('x-call')).toBe('1');
      expect(request?.headers.get('x-goog-api-key')).toBe(key);
    }
  });

  it('ignores `auth` and `retry` in the options', async () => {
    server.script(key, ['unavailable']);
    const options = {
      rootUrl: server.youtubeRootUrl,
      auth: 'AIzaSyAnother0123456789',
      headers: { 'X-Goog-Api-Key': 'AIzaSyAnother0123456789' },
      retry: true,
      retryConfig: { retry: 3, retryDelay: 1 },
    };
    const client = await youtubeAdapter.createClient?.(key, options);
    await expect(client?.videos.list(video)).rejects.toMatchObject({ status: 503 });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ key });
    expect(server.requests[0]?.query).not.toHaveProperty('key');
    expect(options).toMatchObject({ auth: 'AIzaSyAnother0123456789', retry: true });
  });

  it('never sends its key to another host', async () => {
    const otherHost = await startProviderServer({ otherwise: 'ok' });
    try {
      server.script(key, [{ status: 302, headers: { location: `${otherHost.url}/youtube/v3/videos?part=id&id=1` } }]);
      const client = await makeClient({ rootUrl: server.youtubeRootUrl });
      await expect(client.videos.list(video)).rejects.toBeInstanceOf(Error);
      expect(otherHost.requests).toEqual([]);
    } finally {
      await otherHost.close();
    }
  });
});

describe('an error of a client', () => {
  const shown = (value: unknown): string =>
    [
      inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null }),
      JSON.stringify(value),
      String(value),
    ].join('\n');

  const steps: [string, ProviderStep][] = [
    ['an invalid key', 'invalid-key'],
    ['an exhausted quota', 'quota-exhausted'],
    ['an unavailable provider', 'unavailable'],
    ['an HTML page', { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' }],
    ['a cut connection', 'reset'],
    ['half a body', 'reset-mid-body'],
    ['a timeout', 'hang'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
  ];

  it.each(steps)('does not contain the key after %s', async (_, step) => {
    const error = await provokeYouTubeError(step, step === 'hang' ? { timeout: 50 } : {});
    const text = `${shown(error)}\n${(error as Error).stack}`;
    expect(text).toContain('/youtube/v3/videos');
    for (let start = 0; start + 12 <= key.length; start++) expect(text).not.toContain(key.slice(start, start + 12));
  });

  it('contains no key or token from the URL or headers of a call', async () => {
    server.script(key, ['unavailable']);
    const client = await makeClient({ rootUrl: server.youtubeRootUrl });
    const secrets = ['AIzaSyInTheUrl0123456789', 'token-in-the-url-0123456789', 'token-in-the-header-0123456789'];
    const parameters = { ...video, key: secrets[0], access_token: secrets[1] };
    const error: unknown = await client.videos
      .list(parameters as youtube_v3.Params$Resource$Videos$List, {
        headers: { authorization: `Bearer ${secrets[2]}` },
      })
      .catch((thrown: unknown) => thrown);
    const { config, response } = error as { config: object; response: { config: object } };
    const text = shown(config) + shown(response.config);
    for (const secret of secrets) expect(text).not.toContain(secret);
  });
});

it('has the names, variable and key pattern of YouTube', () => {
  expect(youtubeAdapter).toMatchObject({ name: 'youtube', displayName: 'YouTube', env: 'YOUTUBE_API_KEY' });
  expect(youtubeAdapter.keyPattern?.test(key)).toBe(true);
  expect(youtubeAdapter.keyPattern?.test('sk-test')).toBe(false);
});

it('loads the client library with the first client, not on import', async () => {
  const script = `
    import { registerHooks } from 'node:module';
    let loaded = 0;
    registerHooks({
      load(url, context, next) {
        if (/googleapis|gaxios/.test(url)) loaded++;
        return next(url, context);
      },
    });
    const { youtubeAdapter, YouTubeKeyManager } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url))});
    new YouTubeKeyManager(['${key}'], { logger: false });
    const afterImport = loaded;
    await youtubeAdapter.createClient('${key}');
    process.stdout.write(JSON.stringify({ afterImport, afterClient: loaded > 0 }));
  `;
  expect(await evaluateModule(script, import.meta.dirname)).toEqual({ afterImport: 0, afterClient: true });
});
