import type { PresetAnswer } from './preset-answer.ts';

const documentation = 'https://platform.kimi.ai/docs/api/errors';
const account = 'org-e664b178c0f74d81<ak-f3t8pfk16fki>';
const hourMs = 3_600_000;

const body = (type: string, message: string): unknown => ({ error: { message, type } });

export const moonshotAnswers: readonly PresetAnswer[] = [
  {
    name: 'a wrong key',
    status: 401,
    body: body('invalid_authentication_error', 'Invalid Authentication'),
    expected: { kind: 'invalid-key', reason: 'invalid_authentication_error', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/MoonshotAI/kimi-cli/issues/1667',
  },
  {
    name: 'an incorrect key',
    status: 401,
    body: body('incorrect_api_key_error', 'Incorrect API key provided'),
    expected: { kind: 'invalid-key', reason: 'incorrect_api_key_error', scope: 'key' },
    evidence: 'documented',
    source: documentation,
  },
  {
    name: 'a terminated account',
    status: 403,
    body: body('access_terminated_error', 'Access terminated. Review our Community Guidelines or contact us.'),
    expected: { kind: 'invalid-key', reason: 'access_terminated_error', scope: 'group' },
    evidence: 'observed',
    source: 'https://forum.moonshot.ai/t/quota-exceeded-please-upgrade-your-plan-or-retry-later/421',
  },
  {
    name: 'an address that the organisation does not allow',
    status: 403,
    body: body('permission_denied_error', 'Your IP is not allowed to access this organization'),
    expected: { kind: 'invalid-key', reason: 'ip_not_allowed', scope: 'group', recheckAfterMs: 600_000 },
    evidence: 'documented',
    source: documentation,
  },
  {
    name: 'a spent balance, in OpenAI’s words',
    status: 429,
    body: body(
      'exceeded_current_quota_error',
      'You exceeded your current quota, please check your plan and billing details',
    ),
    expected: {
      kind: 'quota-exhausted',
      reason: 'exceeded_current_quota_error',
      scope: 'group',
      recheckAfterMs: hourMs,
    },
    evidence: 'observed',
    source: 'https://forum.moonshot.ai/t/429-insufficient-balance/244',
  },
  {
    name: 'a spent balance',
    status: 429,
    body: body(
      'exceeded_current_quota_error',
      `Your account ${account} is suspended due to insufficient balance, please recharge your account or check your plan and billing details`,
    ),
    expected: {
      kind: 'quota-exhausted',
      reason: 'exceeded_current_quota_error',
      scope: 'group',
      recheckAfterMs: hourMs,
    },
    evidence: 'observed',
    source: 'https://github.com/anomalyco/opencode/issues/24462',
  },
  {
    name: 'spent tokens',
    status: 429,
    body: body(
      'exceeded_current_quota_error',
      'You exceeded your current token quota: <org-e664b178c0f74d81> 0, please check your account balance',
    ),
    expected: {
      kind: 'quota-exhausted',
      reason: 'exceeded_current_quota_error',
      scope: 'group',
      recheckAfterMs: hourMs,
    },
    evidence: 'documented',
    source: documentation,
  },
  {
    name: 'a used-up day',
    status: 429,
    body: body(
      'rate_limit_reached_error',
      `Your account ${account} request reached organization TPD rate limit, current:1500211, limit:1500000`,
    ),
    expected: { kind: 'quota-exhausted', reason: 'tokens_per_day', scope: 'group', recheckAfterMs: hourMs },
    evidence: 'documented',
    source: documentation,
  },
  {
    name: 'a subscription that is used up',
    status: 403,
    body: { error: { message: "You've reached your usage limit for this billing cycle" } },
    expected: { kind: 'quota-exhausted', reason: 'usage_limit', scope: 'group', recheckAfterMs: hourMs },
    evidence: 'documented',
    source: 'https://www.kimi.com/code/docs/en/kimi-code/error-reference.html',
  },
  {
    name: 'a rate with a wait',
    status: 429,
    body: body(
      'rate_limit_reached_error',
      `Your account ${account} request reached organization max RPM: 3, please try again after 1 seconds`,
    ),
    expected: { kind: 'rate-limited', reason: 'rate_limit_reached_error', scope: 'group', retryAfterMs: 1000 },
    evidence: 'observed',
    source: 'https://github.com/LLM-Red-Team/kimi-cc/issues/16',
  },
  {
    name: 'a rate without a wait',
    status: 429,
    body: body(
      'rate_limit_reached_error',
      `Your account ${account} request reached organization TPM rate limit, current:1410, limit:100`,
    ),
    expected: { kind: 'rate-limited', reason: 'rate_limit_reached_error', scope: 'group' },
    evidence: 'observed',
    source: 'https://github.com/LLM-Red-Team/kimi-cc/issues/41',
  },
  {
    name: 'overload',
    status: 429,
    body: body('engine_overloaded_error', 'The engine is currently overloaded, please try again later'),
    expected: { kind: 'transient', reason: 'engine_overloaded_error' },
    evidence: 'documented',
    source: documentation,
  },
  {
    name: 'a refused prompt',
    status: 400,
    body: body('content_filter', 'The request was rejected because it was considered high risk'),
    expected: { kind: 'caller-error', reason: 'content_filter' },
    evidence: 'documented',
    source: documentation,
  },
  {
    name: 'an unknown model',
    status: 404,
    body: body('resource_not_found_error', 'Not found the model kimi-k9 or Permission denied'),
    expected: { kind: 'caller-error', reason: 'resource_not_found_error' },
    evidence: 'documented',
    source: documentation,
  },
  {
    name: 'too long a prompt',
    status: 400,
    body: body('invalid_request_error', 'Invalid request: Your request exceeded model token limit: 262144'),
    expected: { kind: 'caller-error' },
    evidence: 'documented',
    source: documentation,
  },
];
