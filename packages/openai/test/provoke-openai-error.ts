import type { ErrorVerdict } from '@api-key-fallback/core/adapter';
import { startProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import type { ClientOptions, OpenAI } from 'openai';
import { expect } from 'vitest';
import { thrownBy } from '../../../test-support/provoked-failure.ts';
import { openaiAdapter } from '../src/index.ts';

export const key = 'sk-test-0123456789abcdefghij';

export async function makeClient(options: ClientOptions): Promise<OpenAI> {
  const client = await openaiAdapter.createClient?.(key, options);
  if (!client) throw new Error('The adapter makes no clients.');
  return client;
}

interface Call {
  readonly stream?: 'chat' | 'responses';
  readonly signal?: AbortSignal;
}

async function callModel(client: OpenAI, { stream, signal }: Call): Promise<void> {
  const model = 'gpt-5.6';
  const options = signal ? { signal } : {};
  const messages = [{ role: 'user' as const, content: 'Hello' }];
  if (stream === undefined) {
    await client.chat.completions.create({ model, messages }, options);
    return;
  }
  const events =
    stream === 'chat'
      ? await client.chat.completions.create({ model, messages, stream: true }, options)
      : await client.responses.create({ model, input: 'Hello', stream: true }, options);
  for await (const event of events) void event;
}

/** Returns the error that the real client throws when the server plays this step. Asserts a single request. */
export async function provokeOpenAIError(step: ProviderStep, call: Call = {}): Promise<unknown> {
  const server = await startProviderServer({ otherwise: step });
  try {
    const timeout = step === 'hang' && !call.signal ? 50 : 10_000;
    const client = await makeClient({ baseURL: server.openaiBaseURL, timeout });
    const error = await thrownBy(callModel(client, call));
    // The client's timer may fire before the server has received the request.
    const fewest = step === 'hang' ? 0 : 1;
    expect([fewest, 1]).toContain(server.requestCount());
    return error;
  } finally {
    await server.close();
  }
}

const now = Date.parse('2026-07-01T12:00:00Z');

export function classify(error: unknown): ErrorVerdict | undefined {
  return openaiAdapter.classifyError(error, { now });
}

/** Classifies the error that the real client throws. */
export async function judge(step: ProviderStep, call?: Call): Promise<Record<string, unknown>> {
  return { ...classify(await provokeOpenAIError(step, call)) };
}

/** The body of an OpenAI error response. */
export function answer(
  status: number,
  error: object | null,
  headers: Readonly<Record<string, string>> = {},
): ProviderStep {
  return { status, headers, body: { error } };
}
