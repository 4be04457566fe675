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

/** A client, and what it sends. */
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
  it('sends its key as a header, never in the URL', async () => {
    const { client, sent } = await recordingClient();
    const { data } = await client.videos.list(video);
    expect(data.items?.map(({ id }) => id)).toEqual(['dQw4w9WgXcQ']);
    expect(sent[0]?.headers.get('x-goog-api-key')).toBe(key);
    expect(sent[0]?.url).not.toContain('key');
    expect(server.requests[0]).toMatchObject({ key, query: { part: 'id', id: 'dQw4w9WgXcQ' } });
  });

  it('keeps its key beside the headers of its options and of a call', async () => {
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

  it('keeps its key and its retries off whatever the options say', async () => {
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

  it('takes its key to no other host', async () => {
    const elsewhere = await startProviderServer({ otherwise: 'ok' });
    try {
      server.script(key, [{ status: 302, headers: { location: `${elsewhere.url}/youtube/v3/videos?part=id&id=1` } }]);
      const client = await makeClient({ rootUrl: server.youtubeRootUrl });
      await expect(client.videos.list(video)).rejects.toBeInstanceOf(Error);
      expect(elsewhere.requests).toEqual([]);
    } finally {
      await elsewhere.close();
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
    ['a used-up quota', 'quota-exhausted'],
    ['an unavailable provider', 'unavailable'],
    ['an HTML page', { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' }],
    ['a cut connection', 'reset'],
    ['half a body', 'reset-mid-body'],
    ['a timeout', 'hang'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
  ];

  it.each(steps)('shows no key after %s', async (_, step) => {
    const error = await provokeYouTubeError(step, step === 'hang' ? { timeout: 50 } : {});
    const text = `${shown(error)}\n${(error as Error).stack}`;
    expect(text).toContain('/youtube/v3/videos');
    for (let start = 0; start + 12 <= key.length; start++) expect(text).not.toContain(key.slice(start, start + 12));
  });

  it('shows neither a key nor a token that a call put into its URL or headers', async () => {
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

it('describes itself', () => {
  expect(youtubeAdapter).toMatchObject({ name: 'youtube', displayName: 'YouTube', env: 'YOUTUBE_API_KEY' });
  expect(youtubeAdapter.keyPattern?.test(key)).toBe(true);
  expect(youtubeAdapter.keyPattern?.test('sk-test')).toBe(false);
});

it('loads the client library when the first client is made, not on import', async () => {
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
