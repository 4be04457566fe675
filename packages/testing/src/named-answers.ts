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

/** The failures that have a plain name: each provider answers in its own way. */
export type PlainFailure = 'rate-limited' | 'quota-exhausted' | 'invalid-key' | 'server-error' | 'unavailable';

type NamedAnswer = Pick<RecordedResponse, 'status' | 'headers' | 'body' | 'transport'>;

// A name that providers share (`timeout`, `socket_reset`, `user_abort`) is the same transport failure in each.
const recordedByName: Readonly<Record<RecordedResponseName, NamedAnswer>> = {
  ...openaiResponses,
  ...youtubeResponses,
  ...rapidApiResponses,
};

/** Every recorded response of every provider, to test error classification with: play `name`, compare with `expected`. */
export const recordedResponses: readonly RecordedResponse[] = [
  ...named('openai', openaiResponses),
  ...named('youtube', youtubeResponses),
  ...named('rapidapi', rapidApiResponses),
];

/** What each provider answers for each name. */
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

/** What each provider answers to a request without any key. */
export const missingKeyAnswers: Readonly<Record<ProviderName, NamedAnswer>> = {
  openai: openaiResponses.missing_api_key,
  youtube: youtubeResponses.missing_key,
  rapidapi: rapidApiResponses.invalid_key,
};

function named(provider: ProviderName, entries: Readonly<Record<string, RecordedResponseEntry>>): RecordedResponse[] {
  return Object.entries(entries).flatMap(([name, entry]) => (isRecorded(name) ? { name, provider, ...entry } : []));
}

function isRecorded(name: string): name is RecordedResponseName {
  return Object.hasOwn(recordedByName, name);
}
