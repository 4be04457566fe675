import type { PresetAnswer } from './preset-answer.ts';

const errorCodes = 'https://docs.together.ai/docs/error-codes';

function error(message: string, type: string, code: string | null = null): object {
  return { error: { message, type, param: null, code } };
}

export const togetherAnswers: readonly PresetAnswer[] = [
  {
    name: 'a wrong key',
    status: 401,
    body: error(
      'Invalid API key provided. You can find your API key at https://api.together.xyz/settings/api-keys.',
      'invalid_request_error',
      'invalid_api_key',
    ),
    expected: { kind: 'invalid-key', scope: 'key', reason: 'invalid_api_key' },
    evidence: 'observed',
    source: 'https://github.com/harshitv804/LawGPT/issues/4',
  },
  {
    name: 'a wrong key, without a body',
    status: 401,
    body: null,
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'documented',
    source: errorCodes,
  },
  {
    name: 'spent credits',
    status: 402,
    body: error(
      'Credit limit exceeded. Please navigate to https://api.together.xyz/settings/billing to add credit or upgrade your plan.',
      'credit_limit',
    ),
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'credit_limit' },
    evidence: 'observed',
    source: 'https://github.com/expectedparrot/edsl/issues/2098',
  },
  {
    name: 'the spending limit of the month',
    status: 402,
    body: null,
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'credit_limit' },
    evidence: 'documented',
    source: errorCodes,
  },
  {
    name: 'a rate limit with the type of spent credits',
    status: 429,
    body: error(
      'You have been rate limited. Your rate limit is 60 queries per minute. Please navigate to https://api.together.xyz/settings/billing to upgrade to a paid plan.',
      'credit_limit',
    ),
    expected: { kind: 'rate-limited' },
    evidence: 'observed',
    source: 'https://github.com/togethercomputer/MoA/issues/27',
  },
  {
    name: 'a rate limit with the wait in its header',
    status: 429,
    headers: { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2' },
    // Documented without its text.
    body: { error: { error_type: 'dynamic_request_limited' } },
    expected: { kind: 'rate-limited', retryAfterMs: 2000 },
    evidence: 'documented',
    source: 'https://docs.together.ai/docs/rate-limits',
  },
  {
    name: 'a prompt that is too long',
    status: 403,
    body: null,
    expected: { kind: 'caller-error' },
    evidence: 'documented',
    source: errorCodes,
  },
  {
    name: 'a model without a serverless endpoint',
    status: 400,
    body: error(
      'Unable to access non-serverless model Qwen/Qwen3-8B. Please visit https://api.together.ai/models/Qwen/Qwen3-8B to create and start a new dedicated endpoint for the model.',
      'invalid_request_error',
      'model_not_available',
    ),
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/HeyPuter/puter/issues/3168',
  },
  {
    name: 'an unknown model',
    status: 404,
    body: null,
    expected: { kind: 'caller-error' },
    evidence: 'documented',
    source: errorCodes,
  },
  {
    name: 'a server error',
    status: 500,
    body: null,
    expected: { kind: 'transient' },
    evidence: 'documented',
    source: errorCodes,
  },
  {
    name: 'an overloaded server',
    status: 503,
    body: null,
    expected: { kind: 'transient' },
    evidence: 'documented',
    source: errorCodes,
  },
];
