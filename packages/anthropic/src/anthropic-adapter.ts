import type { Anthropic, ClientOptions } from '@anthropic-ai/sdk';
import {
  classifyByRules,
  defineAdapter,
  readFailure,
  readRateLimits,
  type ErrorTable,
  type HeadersLike,
  type ProviderAdapter,
  type RateLimit,
} from '@api-key-fallback/core/adapter';
import { anthropicErrorRules, modelOf, organizationOf } from './anthropic-error-rules.ts';
import { probeModels } from './probe-models.ts';
import { readAnthropicUsage } from './read-anthropic-usage.ts';
import { watchEventStream, watchResponse } from './watch-event-stream.ts';

/** Creates a client bound to one key, with its own retries off. Passes every response through `observe`. */
async function createClient(
  secret: string,
  options: ClientOptions = {},
  observe: <R>(response: R) => R = (response) => response,
): Promise<Anthropic> {
  const send = watchEventStream(options.fetch);
  // Importing the SDK takes time and memory, and `inject: 'key'` never needs it.
  const { Anthropic } = await import('@anthropic-ai/sdk');
  return new Anthropic({
    ...options,
    // The client accepts a single credential, and reads none from the environment or a profile if it has one.
    apiKey: secret,
    authToken: null,
    credentials: null,
    config: null,
    profile: null,
    maxRetries: 0,
    fetch: async (...request) => observe(await send(...request)),
  });
}

/** Sends the key as the client does, and removes the older header, which the AI SDK and plain code use. */
function authorize(request: Request, secret: string): Request {
  // https://platform.claude.com/docs/en/manage-claude/authentication
  request.headers.delete('x-api-key');
  request.headers.set('authorization', `Bearer ${secret}`);
  return request;
}

// A reset is the time at which a limit is full again: https://platform.claude.com/docs/en/api/rate-limits
const limits = {
  refills: true,
  windows: { requests: 'minute', tokens: 'minute', 'input-tokens': 'minute', 'output-tokens': 'minute' },
} as const;

/** Reads the `anthropic-ratelimit-*` headers. All keys of the organisation share the limits. */
function readLimits(headers: HeadersLike, { now }: { readonly now: number }): RateLimit[] {
  return readRateLimits(headers, { ...limits, now }).map((limit) => ({ ...limit, scope: 'group' }));
}

const table: ErrorTable = {
  rules: anthropicErrorRules,
  limits,
  affected: (failure) => ({ group: organizationOf(failure), bucket: modelOf(failure) }),
};

/**
 * The adapter for Anthropic: classifies errors of the `@anthropic-ai/sdk` client, creates clients, and reads rate-limit headers.
 *
 * `AnthropicKeyManager` uses it already; import it to write an adapter that differs in a few members.
 *
 * @example
 * const strictAdapter = defineAdapter({ ...anthropicAdapter, keyPattern: /^sk-ant-api03-/ });
 * registry.register(new ApiKeyManager(strictAdapter, loadApiKeys(strictAdapter.env)));
 */
export const anthropicAdapter: ProviderAdapter<Anthropic> = defineAdapter<Anthropic>({
  name: 'anthropic',
  displayName: 'Anthropic',
  env: 'ANTHROPIC_API_KEY',
  keyPattern: /^sk-ant-/,
  classifyError: (error, context) => classifyByRules(readFailure(error), context, table),
  createClient,
  authorize,
  probe(secret, context) {
    return probeModels(this, secret, context);
  },
  watch: watchResponse,
  readLimits,
  groupOf: organizationOf,
  usageOf: readAnthropicUsage,
});
