// Before the tests, because loading the client takes seconds on a busy machine.
import '@anthropic-ai/sdk';
import type { Anthropic, ClientOptions } from '@anthropic-ai/sdk';
import type { ErrorVerdict } from '@api-key-fallback/core/adapter';
import { startProviderServer, type ProviderStep } from '@api-key-fallback/testing';
import { expect } from 'vitest';
import { thrownBy } from '../../../test-support/provoked-failure.ts';
import { anthropicAdapter } from '../src/index.ts';

export const key = 'sk-ant-test-0123456789abcdefghij';

export const question = {
  model: 'claude-sonnet-5',
  max_tokens: 100,
  messages: [{ role: 'user' as const, content: 'Olá' }],
} satisfies Anthropic.MessageCreateParams;

export async function makeClient(options: ClientOptions): Promise<Anthropic> {
  const client = await anthropicAdapter.createClient?.(key, options);
  if (!client) throw new Error('The adapter makes no clients.');
  return client;
}

interface Call {
  readonly stream?: boolean;
  readonly signal?: AbortSignal;
}

/** Returns the error that the real client throws when the server plays this step. Asserts a single request. */
export async function provokeAnthropicError(step: ProviderStep, { stream, signal }: Call = {}): Promise<unknown> {
  await using server = await startProviderServer({ otherwise: step });
  const client = await makeClient({ baseURL: server.url, timeout: step === 'hang' && !signal ? 50 : 10_000 });
  const ask = async () => {
    const options = signal ? { signal } : {};
    if (!stream) return void (await client.messages.create(question, options));
    for await (const event of await client.messages.create({ ...question, stream }, options)) void event;
  };
  const error = await thrownBy(ask());
  // The client's timer may fire before the server has received the request.
  expect([step === 'hang' ? 0 : 1, 1]).toContain(server.requestCount());
  return error;
}

export const now = Date.parse('2026-07-01T12:00:00Z');

export function classify(error: unknown): ErrorVerdict | undefined {
  return anthropicAdapter.classifyError(error, { now });
}

/** Classifies the error that the real client throws. */
export async function judge(step: ProviderStep, call?: Call): Promise<Record<string, unknown>> {
  return { ...classify(await provokeAnthropicError(step, call)) };
}

/** An Anthropic error response. */
export function answer(
  status: number,
  error: object | null,
  headers: Readonly<Record<string, string>> = {},
): ProviderStep {
  return { status, headers, body: { type: 'error', error, request_id: 'req_1' } };
}
