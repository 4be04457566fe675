import type { ErrorVerdict } from '@api-key-fallback/core/adapter';
import { startProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import type { GoogleGenAI } from '@google/genai';
import { expect } from 'vitest';
import { thrownBy } from '../../../test-support/provoked-failure.ts';
import { geminiAdapter, type GeminiClientOptions } from '../src/index.ts';

export const key = 'AIzaSyTest0123456789abcdefghij';
export const model = 'gemini-3.6-flash';

type HttpOptions = NonNullable<GeminiClientOptions['httpOptions']>;

export async function makeClient(httpOptions: HttpOptions): Promise<GoogleGenAI> {
  const options: GeminiClientOptions = { httpOptions };
  const client = await geminiAdapter.createClient?.(key, options);
  if (!client) throw new Error('The adapter makes no clients.');
  return client;
}

interface Call extends HttpOptions {
  readonly api?: 'generateContent' | 'stream' | 'interactions' | 'interactions-stream';
  readonly signal?: AbortSignal;
}

async function callModel(client: GoogleGenAI, { api = 'generateContent', signal }: Call): Promise<void> {
  const config = signal ? { abortSignal: signal } : {};
  switch (api) {
    case 'generateContent':
      await client.models.generateContent({ model, contents: 'Hello', config });
      return;
    case 'stream':
      for await (const chunk of await client.models.generateContentStream({ model, contents: 'Hello', config }))
        void chunk;
      return;
    case 'interactions':
      await client.interactions.create({ model, input: 'Hello' }, signal ? { fetch_options: { signal } } : {});
      return;
    case 'interactions-stream':
      for await (const event of await client.interactions.create({ model, input: 'Hello', stream: true })) void event;
  }
}

/** Returns the error that the real client throws when the server plays this step. Asserts a single request. */
export async function provokeGeminiError(step: ProviderStep, call: Call = {}): Promise<unknown> {
  const { api: _api, signal: _signal, ...httpOptions } = call;
  const server = await startProviderServer({ otherwise: step });
  try {
    const client = await makeClient({ baseUrl: server.url, ...httpOptions });
    const error = await thrownBy(callModel(client, call));
    // The timer may fire before the server has received the request.
    const fewest = step === 'hang' ? 0 : 1;
    expect([fewest, 1]).toContain(server.requestCount());
    return error;
  } finally {
    await server.close();
  }
}

/** 5 a.m. in Los Angeles. */
export const now: number = Date.parse('2026-07-01T12:00:00Z');
/** The next midnight in Los Angeles. */
export const midnight: number = Date.parse('2026-07-02T07:00:00Z');

export function classify(error: unknown, at: number = now): ErrorVerdict | undefined {
  return geminiAdapter.classifyError(error, { now: at });
}

/** Classifies the error that the real client throws. */
export async function judge(step: ProviderStep, call?: Call): Promise<Record<string, unknown>> {
  return { ...classify(await provokeGeminiError(step, call)) };
}
