import { type ProviderServer, type ProviderServerOptions, startProviderServer } from '@api-key-fallback/testing';
import { youtube, type youtube_v3 } from '@googleapis/youtube';
import { afterEach, describe, expect, it, vi } from 'vitest';

let server: ProviderServer;

async function startWithClient(options: ProviderServerOptions, key = 'key-1'): Promise<youtube_v3.Youtube> {
  server = await startProviderServer(options);
  return youtube({ version: 'v3', rootUrl: server.youtubeRootUrl, headers: { 'x-goog-api-key': key }, retry: false });
}

afterEach(() => server.close());

describe('the real YouTube client', () => {
  it('lists the requested videos with the requested parts', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const { data } = await client.videos.list({ part: ['snippet', 'statistics'], id: ['abc', 'def'] });
    expect(data.kind).toBe('youtube#videoListResponse');
    expect(data.pageInfo).toEqual({ totalResults: 2, resultsPerPage: 2 });
    expect(data.items?.map(({ id, snippet }) => [id, snippet?.title])).toEqual([
      ['abc', 'Video abc'],
      ['def', 'Video def'],
    ]);
    expect(data.items?.[0]?.statistics?.viewCount).toBe('1000');
    expect(data.items?.[0]).not.toHaveProperty('contentDetails');
    expect(server.requests).toMatchObject([{ key: 'key-1', provider: 'youtube', query: { id: 'abc,def' } }]);
  });

  it('lists the requested number of popular videos', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const { data } = await client.videos.list({ part: ['id'], chart: 'mostPopular', maxResults: 3 });
    expect(data.items).toHaveLength(3);
    expect(new Set(data.items?.map(({ id }) => id)).size).toBe(3);
  });

  it('searches', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const { data } = await client.search.list({ part: ['snippet'], q: 'fado', maxResults: 2 });
    expect(data.kind).toBe('youtube#searchListResponse');
    expect(data.items?.map((item) => [item.id?.kind, item.id?.videoId, item.snippet?.title])).toEqual([
      ['youtube#video', 'video-00001', 'fado 1'],
      ['youtube#video', 'video-00002', 'fado 2'],
    ]);
    const channels = await client.search.list({ part: ['id'], q: 'fado', type: ['channel'] });
    expect(channels.data.items).toHaveLength(5);
    expect(channels.data.items?.[0]?.id?.channelId).toMatch(/^UC\d{22}$/);
    expect(channels.data.items?.[0]).not.toHaveProperty('snippet');
  });

  it('lists channels by id and by handle', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    const byId = await client.channels.list({ part: ['snippet', 'statistics'], id: ['UC1'] });
    expect(byId.data.kind).toBe('youtube#channelListResponse');
    expect(byId.data.items).toMatchObject([{ id: 'UC1', snippet: { title: 'Channel UC1' } }]);
    const byHandle = await client.channels.list({ part: ['snippet'], forHandle: '@fado' });
    expect(byHandle.data.items).toMatchObject([{ snippet: { customUrl: '@fado' } }]);
  });

  it('can send its key as a parameter', async () => {
    await startWithClient({ keys: { 'key-2': [] } });
    const client = youtube({ version: 'v3', rootUrl: server.youtubeRootUrl, auth: 'key-2', retry: false });
    await client.videos.list({ part: ['id'], id: ['abc'] });
    expect(server.requests).toMatchObject([{ key: 'key-2', provider: 'youtube', answer: 'ok' }]);
  });

  it('gets the error of YouTube for a missing filter, part or method', async () => {
    const client = await startWithClient({ otherwise: 'ok' });
    await expect(client.videos.list({ part: ['id'] })).rejects.toMatchObject({
      status: 400,
      message: 'No filter selected. Expected one of: id, chart, myRating',
    });
    const headers = { 'x-goog-api-key': 'key-1' };
    const withoutPart = await fetch(`${server.youtubeRootUrl}youtube/v3/search?q=fado`, { headers });
    expect([withoutPart.status, await withoutPart.text()]).toEqual([
      400,
      expect.stringContaining('missingRequiredParameter'),
    ]);
    await expect(client.playlists.list({ part: ['id'], id: ['PL1'] })).rejects.toMatchObject({ status: 404 });
  });
});

describe('failures of YouTube', () => {
  it.each([
    ['rate-limited', 403, { message: 'Rate limit exceeded', errors: [{ reason: 'rateLimitExceeded' }] }],
    ['quota-exhausted', 403, { errors: [{ domain: 'youtube.quota', reason: 'quotaExceeded' }] }],
    ['invalid-key', 400, { message: expect.stringContaining('not valid'), details: [{ reason: 'API_KEY_INVALID' }] }],
    ['server-error', 500, { status: 'INTERNAL' }],
    ['unavailable', 503, { status: 'UNAVAILABLE' }],
    ['search_bucket_daily_429', 429, { details: [{ metadata: { quota_limit_value: '100' } }] }],
  ] as const)('throw for %s as in the real client', async (step, status, body) => {
    const client = await startWithClient({ keys: { 'key-1': [step] } });
    const failing = client.videos.list({ part: ['id'], id: ['abc'] });
    await expect(failing).rejects.toMatchObject({ status, response: { data: { error: { code: status, ...body } } } });
    expect(server.requestCount()).toBe(1);
  });

  it('include the error for unregistered callers without a key', async () => {
    await startWithClient({ otherwise: 'ok' });
    const client = youtube({ version: 'v3', rootUrl: server.youtubeRootUrl, retry: false });
    await expect(client.videos.list({ part: ['id'], id: ['abc'] })).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('unregistered callers'),
    });
    expect(server.requests).toMatchObject([{ provider: 'youtube', answer: 'missing-key' }]);
  });

  it('include a reset connection without a response', async () => {
    const client = await startWithClient({ keys: { 'key-1': ['reset', 'ok'] } });
    await expect(client.videos.list({ part: ['id'], id: ['abc'] })).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(client.videos.list({ part: ['id'], id: ['abc'] })).resolves.toMatchObject({ status: 200 });
  });

  it('include a request that hangs until the caller aborts', async () => {
    const client = await startWithClient({ keys: { 'key-1': ['hang'] } });
    const caller = new AbortController();
    const hanging = client.videos.list({ part: ['id'], id: ['abc'] }, { signal: caller.signal });
    await Promise.all([
      expect(hanging).rejects.toMatchObject({ code: 'AbortError' }),
      vi.waitFor(() => expect(server.requestCount()).toBe(1)).then(() => caller.abort()),
    ]);
  });
});
