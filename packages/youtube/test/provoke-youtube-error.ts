import type { ErrorVerdict } from '@api-key-fallback/core/adapter';
import { startProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import type { youtube_v3 } from '@googleapis/youtube';
import { expect } from 'vitest';
import { thrownBy } from '../../../test-support/provoked-failure.ts';
import { youtubeAdapter, type YouTubeClientOptions } from '../src/index.ts';

export const key = 'AIzaSyTest0123456789abcdefghij';

export async function makeClient(options: YouTubeClientOptions): Promise<youtube_v3.Youtube> {
  const client = await youtubeAdapter.createClient?.(key, options);
  if (!client) throw new Error('The adapter makes no clients.');
  return client;
}

/** Returns the error that the real client throws when the server plays this step. Asserts a single request. */
export async function provokeYouTubeError(step: ProviderStep, options: YouTubeClientOptions = {}): Promise<unknown> {
  const server = await startProviderServer({ otherwise: step });
  try {
    const client = await makeClient({ rootUrl: server.youtubeRootUrl, ...options });
    const error = await thrownBy(client.videos.list({ part: ['id'], id: ['dQw4w9WgXcQ'] }));
    // The client's timer may fire before the server has received the request.
    const fewest = step === 'hang' ? 0 : 1;
    expect([fewest, 1]).toContain(server.requestCount());
    return error;
  } finally {
    await server.close();
  }
}

/** 5 a.m. in Los Angeles. */
const now = Date.parse('2026-07-01T12:00:00Z');
/** The next midnight in Los Angeles. */
export const midnight: number = Date.parse('2026-07-02T07:00:00Z');

export function classify(error: unknown): ErrorVerdict | undefined {
  return youtubeAdapter.classifyError(error, { now });
}

/** Classifies the error that the real client throws. */
export async function judge(step: ProviderStep, options?: YouTubeClientOptions): Promise<Record<string, unknown>> {
  return { ...classify(await provokeYouTubeError(step, options)) };
}
