import { ApiKeyManager, type KeyManagerOptions } from '@api-key-fallback/core';
import { readField, statedUsage, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import { FakeRuntime } from '../fake-runtime.ts';
import { scriptedAdapter } from '../scripted-keys.ts';

/** A client whose answers state their tokens. */
export interface StatingClient {
  /** Sends a request. Resolves to the response whose body is to be read. */
  send(response: Response): Response;
}

/** An adapter that finds tokens in the field `usage` of an answer. */
export const statingAdapter: ProviderAdapter<StatingClient> = {
  ...scriptedAdapter,
  createClient: (_secret, _options, observe = (response) => response) => ({ send: (response) => observe(response) }),
  usageOf(value) {
    const [inputTokens, outputTokens, uncountedTokens, tokens] = ['in', 'out', 'free', 'all'].map((name) =>
      readField(value, 'usage', name),
    );
    return statedUsage({ inputTokens, outputTokens, uncountedTokens, tokens });
  },
};

/** A manager with such clients, and up to 1000 tokens a minute for each of its keys. */
export function statingManager(
  options: KeyManagerOptions = {},
  adapter: Partial<ProviderAdapter<StatingClient>> = {},
): ApiKeyManager<StatingClient> {
  return new ApiKeyManager({ ...statingAdapter, ...adapter }, ['K1', 'K2'], {
    logger: false,
    retryBudget: false,
    runtime: new FakeRuntime(),
    limits: { tokensPerMinute: 1000, concurrency: 50 },
    ...options,
  });
}

/** How much of the limits of a key is used: tokens, and running attempts. */
export function used(manager: ApiKeyManager<StatingClient>, key = 0): readonly [tokens: number, running: number] {
  const limits = manager.status().keys[key]?.limits ?? [];
  const of = (name: string) => limits.find((limit) => limit.name === name)?.used ?? Number.NaN;
  return [of('tokensPerMinute'), of('concurrency')];
}

/** An answer that states its tokens. */
export function answer(usage: Readonly<Record<string, unknown>>): { readonly usage: typeof usage } {
  return { usage };
}

/** A response with one answer. */
export function json(usage: Readonly<Record<string, unknown>>): Response {
  return Response.json(answer(usage));
}

/** A response with a stream of answers. */
export function events(...usages: readonly Readonly<Record<string, unknown>>[]): Response {
  const body = usages.map((usage) => `data: ${JSON.stringify(answer(usage))}\n\n`).join('');
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}
