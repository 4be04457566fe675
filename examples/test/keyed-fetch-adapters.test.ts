import { ApiKeyManager, createKeyedFetch, registry } from '@api-key-fallback/core';
import { geminiAdapter } from '@api-key-fallback/gemini';
import { rapidApiAdapter } from '@api-key-fallback/rapidapi';
import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { youtubeAdapter } from '@api-key-fallback/youtube';
import { GoogleGenAI } from '@google/genai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const youtube = ['AIza-keyed-fetch-first', 'AIza-keyed-fetch-other'] as const;
const gemini = ['AIza-keyed-fetch-gemini', 'AIza-keyed-fetch-backup'] as const;
const rapidapi = ['rapidapi-keyed-fetch-1', 'rapidapi-keyed-fetch-2'] as const;

let server: ProviderServer;

beforeAll(async () => {
  server = await startProviderServer();
});
beforeEach(() => {
  const options = { logger: false, retryBudget: false } as const;
  registry.unregister(youtubeAdapter.name);
  registry.register(new ApiKeyManager(youtubeAdapter, youtube, options));
  registry.unregister(geminiAdapter.name);
  registry.register(new ApiKeyManager(geminiAdapter, gemini, options));
  registry.unregister(rapidApiAdapter.name);
  registry.register(new ApiKeyManager(rapidApiAdapter, rapidapi, options));
});
afterAll(async () => {
  registry.unregister('youtube');
  registry.unregister('gemini');
  registry.unregister('rapidapi');
  await server.close();
});

/** Makes a call whose first key fails; returns the response and the recorded requests. */
async function fallOver(keys: readonly [string, string], step: ProviderStep, ask: () => Promise<Response>) {
  server.script(keys[0], [step]);
  server.script(keys[1], ['ok']);
  const before = server.requests.length;
  const response = await ask();
  return { status: response.status, body: await response.json(), requests: server.requests.slice(before) };
}

describe('YouTube with plain code', () => {
  const fetch = createKeyedFetch({ provider: 'youtube', maxRetries: 2, delay: 0, operation: 'videos.list' });

  it.each<[ProviderStep, number, string]>([
    ['quota_exceeded_daily_units', 1, 'cooling'],
    ['rate-limited', 1, 'cooling'],
    ['api_key_invalid', 1, 'disabled'],
    ['server-error', 2, 'suspect'],
  ])('continues with the second key after %s', async (step, attempts, state) => {
    const url = `${server.url}/youtube/v3/videos?part=id&key=unused&id=dQw4w9WgXcQ`;
    const { status, body, requests } = await fallOver(youtube, step, () => fetch(url));
    expect(status).toBe(200);
    expect(body).toMatchObject({ kind: 'youtube#videoListResponse' });
    expect(requests.map(({ key }) => key)).toEqual([...Array<string>(attempts).fill(youtube[0]), youtube[1]]);
    expect(requests.map(({ query }) => query)).toEqual(requests.map(() => ({ part: 'id', id: 'dQw4w9WgXcQ' })));
    const [first] = registry.get('youtube').status().keys;
    expect((first?.buckets?.[0] ?? first)?.state).toBe(state);
  });

  it('does not rewrite a query without a key', () => {
    const request = new Request('http://127.0.0.1/v3/search?q=a%20b+c');
    expect(youtubeAdapter.authorize?.(request, youtube[0]).url).toBe(request.url);
  });
});

describe("Gemini with Google's client", () => {
  const model = 'gemini-3.6-flash';
  const fetch = createKeyedFetch({ provider: 'gemini', maxRetries: 2, delay: 0, operation: model });

  it.each<[ProviderStep, number, string]>([
    ['quota-exhausted', 1, 'cooling'],
    ['gemini_requests_per_minute', 1, 'cooling'],
    ['invalid-key', 1, 'disabled'],
    ['gemini_project_denied', 1, 'disabled'],
    ['unavailable', 2, 'suspect'],
  ])('continues with the second key after %s', async (step, attempts, state) => {
    server.script(gemini[0], [step]);
    server.script(gemini[1], ['ok']);
    const before = server.requests.length;
    const client = new GoogleGenAI({ apiKey: 'unused', httpOptions: { baseUrl: server.url, fetch } });
    expect((await client.models.generateContent({ model, contents: 'Hi' })).text).toBe('You said: Hi');
    const sent = server.requests.slice(before).map(({ key }) => key);
    expect(sent).toEqual([...Array<string>(attempts).fill(gemini[0]), gemini[1]]);
    const [first] = registry.get('gemini').status().keys;
    expect((first?.buckets?.find(({ bucket }) => bucket === model) ?? first)?.state).toBe(state);
  });
});

describe('RapidAPI with plain code', () => {
  const host = 'weatherapi-com.p.rapidapi.com';
  const fetch = createKeyedFetch({ provider: 'rapidapi', maxRetries: 2, delay: 0, operation: host });

  it.each<[ProviderStep, number]>([
    ['not_subscribed', 1],
    ['rate-limited', 2],
    ['invalid-key', 1],
    ['server-error', 2],
  ])('continues with the second key after %s', async (step, attempts) => {
    const headers = { 'x-rapidapi-host': host, 'x-rapidapi-key': 'unused' };
    const { body, requests } = await fallOver(rapidapi, step, () => fetch(`${server.url}/now?q=1`, { headers }));
    expect(body).toMatchObject({ ok: true, path: '/now' });
    expect(requests.map(({ key }) => key)).toEqual([...Array<string>(attempts).fill(rapidapi[0]), rapidapi[1]]);
  });
});
