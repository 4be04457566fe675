import { anthropicErrorBody } from './anthropic-error-body.ts';
import { anthropicResponses } from './anthropic-responses.ts';
import { geminiResponses } from './gemini-responses.ts';
import { openaiErrorBody } from './openai-error-body.ts';
import { openaiResponses } from './openai-responses.ts';
import { rapidApiResponses } from './rapidapi-responses.ts';
import type {
  ProviderName,
  RecordedResponse,
  RecordedResponseEntry,
  RecordedResponseName,
} from './recorded-response.ts';
import { googleErrorBody } from './google-error-body.ts';
import { youtubeResponses } from './youtube-responses.ts';

/** Failures that the server can play for every provider, each with that provider's own response. */
export type PlainFailure = 'rate-limited' | 'quota-exhausted' | 'invalid-key' | 'server-error' | 'unavailable';

type NamedAnswer = Pick<RecordedResponse, 'status' | 'headers' | 'body' | 'transport'>;

// Providers share some names (`timeout`, `socket_reset`, `user_abort`); each is the same transport failure everywhere.
const recordedByName: Readonly<Record<RecordedResponseName, NamedAnswer>> = {
  ...openaiResponses,
  ...anthropicResponses,
  ...geminiResponses,
  ...youtubeResponses,
  ...rapidApiResponses,
};

/**
 * The recorded error responses of all providers, for tests of error classification: play `name`, compare with `expected`.
 *
 * @example
 * const server = await startProviderServer();
 * const client = new OpenAI({ apiKey: 'key-1', baseURL: server.openaiBaseURL, maxRetries: 0 });
 * for (const { name, expected } of recordedResponses.filter(({ provider, transport }) => provider === 'openai' && !transport)) {
 *   server.script('key-1', [name]);
 *   const error = await client.models.list().catch((reason: unknown) => reason);
 *   console.log(name, openaiAdapter.classifyError(error, { now: Date.now() })?.kind, expected.kind);
 * }
 */
export const recordedResponses: readonly RecordedResponse[] = [
  ...named('openai', openaiResponses),
  ...named('anthropic', anthropicResponses),
  ...named('gemini', geminiResponses),
  ...named('youtube', youtubeResponses),
  ...named('rapidapi', rapidApiResponses),
];

/** The response of each provider for each name. */
export const namedAnswers: Readonly<
  Record<ProviderName, Readonly<Record<PlainFailure | RecordedResponseName, NamedAnswer>>>
> = {
  openai: {
    'rate-limited': {
      status: 429,
      headers: { 'content-type': 'application/json' },
      body: openaiErrorBody('Rate limit exceeded', 'requests', 'rate_limit_exceeded'),
    },
    'quota-exhausted': openaiResponses.credit_balance_exhausted,
    'invalid-key': openaiResponses.invalid_api_key,
    'server-error': openaiResponses.server_error_500,
    unavailable: openaiResponses.server_is_overloaded_503,
    ...recordedByName,
  },
  anthropic: {
    'rate-limited': {
      status: 429,
      headers: { 'content-type': 'application/json' },
      body: anthropicErrorBody('rate_limit_error', 'Rate limit exceeded'),
    },
    'quota-exhausted': anthropicResponses.credit_balance_too_low,
    'invalid-key': anthropicResponses.invalid_x_api_key,
    'server-error': anthropicResponses.api_error_500,
    unavailable: anthropicResponses.overloaded_529,
    ...recordedByName,
  },
  gemini: {
    'rate-limited': geminiResponses.gemini_resource_exhausted,
    'quota-exhausted': geminiResponses.gemini_requests_per_day,
    'invalid-key': geminiResponses.gemini_key_invalid,
    'server-error': geminiResponses.gemini_internal_500,
    unavailable: geminiResponses.gemini_overloaded_503,
    ...recordedByName,
  },
  youtube: {
    'rate-limited': {
      ...youtubeResponses.rate_limit_403,
      body: googleErrorBody(403, 'Rate limit exceeded', 'rateLimitExceeded', { domain: 'usageLimits' }),
    },
    'quota-exhausted': youtubeResponses.quota_exceeded_daily_units,
    'invalid-key': youtubeResponses.api_key_invalid,
    'server-error': youtubeResponses.backend_error_500,
    unavailable: youtubeResponses.unavailable_503,
    ...recordedByName,
  },
  rapidapi: {
    'rate-limited': rapidApiResponses.too_many_requests,
    'quota-exhausted': rapidApiResponses.daily_quota,
    'invalid-key': rapidApiResponses.invalid_key,
    'server-error': rapidApiResponses.gateway_oops,
    unavailable: rapidApiResponses.upstream_timeout,
    ...recordedByName,
  },
};

/** The response of each provider to a request without a key. */
export const missingKeyAnswers: Readonly<Record<ProviderName, NamedAnswer>> = {
  openai: openaiResponses.missing_api_key,
  anthropic: anthropicResponses.missing_x_api_key,
  gemini: geminiResponses.gemini_key_missing,
  youtube: youtubeResponses.missing_key,
  rapidapi: rapidApiResponses.invalid_key,
};

function named(provider: ProviderName, entries: Readonly<Record<string, RecordedResponseEntry>>): RecordedResponse[] {
  return Object.entries(entries).flatMap(([name, entry]) => (isRecorded(name) ? { name, provider, ...entry } : []));
}

function isRecorded(name: string): name is RecordedResponseName {
  return Object.hasOwn(recordedByName, name);
}
