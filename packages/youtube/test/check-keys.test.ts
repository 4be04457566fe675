import { startProviderServer, type ProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkRequestOf } from '../../../test-support/check-request-of.ts';
import { YouTubeKeyManager } from '../src/index.ts';

const keys = [1, 2].map((number) => `AIzaSyTestKeyNumber${number}0123456789abcdefghi`);

let server: ProviderServer;

beforeEach(async () => {
  server = await startProviderServer();
});

afterEach(() => server.close());

function play(...steps: readonly ProviderStep[]): YouTubeKeyManager {
  for (const [index, step] of steps.entries()) server.script(keys[index] ?? '', [step]);
  const clientOptions = { rootUrl: server.youtubeRootUrl };
  return new YouTubeKeyManager(keys.slice(0, steps.length), { clientOptions, logger: false });
}

it('requests one part of one video with each key', async () => {
  const checks = await play('ok', 'invalid-key').checkKeys();
  expect(checks).toMatchObject([
    { outcome: 'working', state: 'healthy' },
    { outcome: 'refused', verdict: 'invalid-key', reason: 'API_KEY_INVALID', state: 'disabled' },
  ]);
  const request = { method: 'GET', path: '/youtube/v3/videos', query: { part: 'id', id: expect.any(String) } };
  expect(server.requests).toMatchObject([request, request]);
  expect(server.requests.map(({ query }) => Object.keys(query ?? {}))).toEqual([
    ['part', 'id'],
    ['part', 'id'],
  ]);
});

it('marks only the bucket that the request belongs to', async () => {
  const manager = play('quota-exhausted');
  expect(await manager.checkKeys()).toMatchObject([
    { outcome: 'refused', verdict: 'quota-exhausted', state: 'healthy' },
  ]);
  expect(manager.status().keys[0]?.buckets).toMatchObject([{ bucket: 'default', state: 'cooling' }]);
});

it.each<[ProviderStep, object]>([
  ['server-error', { outcome: 'inconclusive', state: 'healthy' }],
  ['reset', { outcome: 'inconclusive', reason: 'network', state: 'healthy' }],
])('is inconclusive after %s', async (step, check) => {
  expect(await play(step).checkKeys()).toMatchObject([check]);
});

it('sends the headers of the clients, because a key can be restricted to a referrer', async () => {
  const clientOptions = { headers: { referer: 'https://shop.example/' } };
  const { url, headers } = await checkRequestOf(
    new YouTubeKeyManager(keys.slice(0, 1), { clientOptions, logger: false }),
  );
  expect(new URL(url).origin).toBe('https://youtube.googleapis.com');
  expect(Object.fromEntries(headers)).toEqual({
    referer: 'https://shop.example/',
    'x-goog-api-key': keys[0],
  });
});
