import type { PresetAnswer } from './preset-answer.ts';

const glossary = 'https://docs.mistral.ai/resources/error-glossary';

function error(message: string, type: string, code: string | null = null): object {
  return { object: 'error', message, type, param: null, code };
}

export const mistralAnswers: readonly PresetAnswer[] = [
  {
    name: 'a wrong key',
    status: 401,
    body: { detail: 'Unauthorized' },
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/nextcloud/integration_openai/issues/332',
  },
  {
    name: 'a wrong key, in the older shape',
    status: 401,
    body: { message: 'Unauthorized', request_id: 'c61f0000' },
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/cline/cline/issues/1734',
  },
  {
    name: 'a wrong key, without a body',
    status: 401,
    body: null,
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/10277',
  },
  {
    name: 'a spent balance or spending limit',
    status: 402,
    body: null,
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'payment_required' },
    evidence: 'documented',
    source: glossary,
  },
  {
    name: 'a rate limit',
    status: 429,
    body: { ...error('Rate limit exceeded', 'rate_limited', '1300'), raw_status_code: 429 },
    expected: { kind: 'rate-limited' },
    evidence: 'observed',
    source: 'https://github.com/raycast/extensions/issues/31107',
  },
  {
    name: 'a rate limit, in the older shape',
    status: 429,
    body: { message: 'Requests rate limit exceeded' },
    expected: { kind: 'rate-limited' },
    evidence: 'observed',
    source: 'https://github.com/pydantic/pydantic-ai/issues/1885',
  },
  {
    name: 'a rate limit with headers that state no reset',
    status: 429,
    headers: {
      'x-ratelimit-limit-tokens-minute': '5000000',
      'x-ratelimit-remaining-tokens-minute': '4999000',
      'x-ratelimit-limit-req-minute': '720',
      'x-ratelimit-remaining-req-minute': '717',
    },
    body: error('Rate limit exceeded', 'rate_limited', '1300'),
    expected: { kind: 'rate-limited' },
    evidence: 'observed',
    source: 'https://github.com/mistralai/client-ts/issues/169',
  },
  {
    name: 'no capacity for this model',
    status: 429,
    body: error('Service tier capacity exceeded for this model.', 'invalid_request_error'),
    expected: { kind: 'rate-limited', reason: 'http_429' },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/6185',
  },
  {
    name: 'a model that the plan does not include',
    status: 403,
    body: null,
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/11800',
  },
  {
    name: 'an unknown field',
    status: 422,
    body: {
      detail: [
        { type: 'extra_forbidden', loc: ['body', 'store'], msg: 'Extra inputs are not permitted', input: false },
      ],
    },
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/Gitlawb/openclaude/issues/739',
  },
  {
    name: 'an unknown model',
    status: 400,
    body: error('Invalid model: mistral-medium-3.5', 'invalid_model', '1500'),
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/mistralai/mistral-vibe/issues/617',
  },
  {
    name: 'an overloaded server',
    status: 503,
    body: null,
    expected: { kind: 'transient' },
    evidence: 'documented',
    source: glossary,
  },
];
