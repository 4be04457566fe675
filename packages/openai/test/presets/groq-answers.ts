import type { PresetAnswer } from './preset-answer.ts';

const errors = 'https://console.groq.com/docs/errors';

function error(message: string, code: string, type = 'invalid_request_error'): object {
  return { error: { message, type, code } };
}

export const groqAnswers: readonly PresetAnswer[] = [
  {
    name: 'a wrong key',
    status: 401,
    body: error('Invalid API Key', 'invalid_api_key'),
    expected: { kind: 'invalid-key', scope: 'key', reason: 'invalid_api_key' },
    evidence: 'observed',
    source: 'https://github.com/nark/WiredSwift/issues/44',
  },
  {
    name: 'a closed organisation',
    status: 400,
    body: error(
      'Organization has been restricted. Please reach out to support if you believe this was in error.',
      'organization_restricted',
    ),
    expected: { kind: 'invalid-key', scope: 'group', reason: 'organization_restricted' },
    evidence: 'observed',
    source: 'https://github.com/songquanpeng/one-api/issues/1764',
  },
  {
    name: 'the spend limit of the month',
    status: 400,
    // Documented without its text.
    body: error('', 'blocked_api_access'),
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'blocked_api_access' },
    evidence: 'documented',
    source: 'https://console.groq.com/docs/spend-limits',
  },
  {
    name: 'requests per minute, with the wait in the text',
    status: 429,
    body: error(
      'Rate limit reached for model `llama-3.1-8b-instant` in organization `org_01ht` on requests per minute (RPM): Limit 30, Used 30, Requested 1. Please try again in 399ms. Visit https://console.groq.com/docs/rate-limits for more information.',
      'rate_limit_exceeded',
      'requests',
    ),
    expected: { kind: 'rate-limited', retryAfterMs: 399 },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/2343',
  },
  {
    name: 'tokens per day, with the wait in the text',
    status: 429,
    body: error(
      'Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_01ht` service tier `on_demand` on tokens per day (TPD): Limit 100000, Used 97050, Requested 3619. Please try again in 9m38.016s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing',
      'rate_limit_exceeded',
      'tokens',
    ),
    expected: { kind: 'rate-limited', retryAfterMs: 578_016 },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/10920',
  },
  {
    name: 'a rate limit with headers',
    status: 429,
    headers: {
      'retry-after': '2',
      'x-ratelimit-limit-requests': '14400',
      'x-ratelimit-limit-tokens': '18000',
      'x-ratelimit-remaining-requests': '14370',
      'x-ratelimit-remaining-tokens': '17997',
      'x-ratelimit-reset-requests': '2m59.56s',
      'x-ratelimit-reset-tokens': '7.66s',
    },
    body: error('Rate limit reached', 'rate_limit_exceeded', 'requests'),
    expected: { kind: 'rate-limited', retryAfterMs: 2000 },
    evidence: 'documented',
    source: 'https://console.groq.com/docs/rate-limits',
  },
  {
    name: 'a request larger than the limit per minute',
    status: 413,
    body: error(
      'Request too large for model `llama-3.1-8b-instant` in organization `org_01ht` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 12328, please reduce your message size and try again.',
      'rate_limit_exceeded',
      'tokens',
    ),
    expected: { kind: 'caller-error', reason: 'request_too_large' },
    evidence: 'observed',
    source: 'https://github.com/HunorLaczko/ha-groq-cloud-api/issues/27',
  },
  {
    name: 'a model that the project may not use',
    status: 403,
    body: error(
      'The model `llama-3.3-70b-versatile` is blocked at the project level. Please have a project admin enable this model in the project settings.',
      'model_permission_blocked_project',
      'permissions_error',
    ),
    expected: { kind: 'caller-error' },
    evidence: 'documented',
    source: 'https://console.groq.com/docs/model-permissions',
  },
  {
    name: 'an unknown model',
    status: 404,
    body: error('The model `llama-9` does not exist or you do not have access to it.', 'model_not_found'),
    expected: { kind: 'caller-error', reason: 'model_not_found' },
    evidence: 'documented',
    source: errors,
  },
  {
    name: 'a blocked address, as HTML',
    status: 403,
    headers: { 'content-type': 'text/html' },
    body: '<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body>Sorry, you have been blocked</body></html>',
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/groq/groq-python/issues/125',
  },
  {
    name: 'no capacity for the flex tier',
    status: 498,
    body: error('Flex tier capacity exceeded', 'capacity_exceeded'),
    expected: { kind: 'transient', reason: 'flex_capacity_exceeded' },
    evidence: 'documented',
    source: errors,
  },
  {
    name: 'an overloaded server',
    status: 503,
    body: error('Service Unavailable', 'service_unavailable', 'internal_server_error'),
    expected: { kind: 'transient' },
    evidence: 'documented',
    source: errors,
  },
];
