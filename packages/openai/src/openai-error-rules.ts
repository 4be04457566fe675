import type { ErrorRule } from '@api-key-fallback/core/adapter';

const callerError = { kind: 'caller-error' } as const;
const transient = { kind: 'transient' } as const;
const invalidKey = { kind: 'invalid-key', scope: 'key' } as const;
const rateLimited = { kind: 'rate-limited', scope: 'key' } as const;
// Topping up or raising the limit ends it; no response says when, so try the key again after an hour.
const outOfQuota = { kind: 'quota-exhausted', recheckAfterMs: 3_600_000 } as const;

const documented = {
  source: 'https://developers.openai.com/docs/guides/error-codes',
  evidence: 'documented',
} as const;
const observed = (source: string) => ({ source, evidence: 'observed' }) as const;

const organizationQuota = [
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
  'billing_not_active',
  'billing_hard_limit_reached',
  'billing_limit_user_error',
];

/**
 * OpenAI's errors; the first match wins.
 *
 * The group is the organisation. A project limit affects one key only, because no response says which keys share a project.
 */
export const openaiErrorRules: readonly ErrorRule[] = [
  // Has the same type as an exhausted organisation, but other projects keep working.
  {
    codes: ['project_spend_limit_exceeded'],
    judgement: { ...outOfQuota, scope: 'key' },
    source: 'https://learn.microsoft.com/en-us/microsoft-cloud/dev/dev-proxy/concepts/openai-insufficient-quota',
    evidence: 'documented',
  },
  {
    codes: organizationQuota,
    judgement: { ...outOfQuota, scope: 'group' },
    source: 'https://help.openai.com/en/articles/6614457-troubleshooting-api-usage-and-spend-limits',
    evidence: 'documented',
  },
  { codes: ['invalid_api_key', 'no_organization', 'mismatched_organization'], judgement: invalidKey, ...documented },
  {
    codes: ['account_deactivated'],
    judgement: { kind: 'invalid-key', scope: 'group' },
    ...observed('https://github.com/ChatGPTNextWeb/NextChat/issues/4175'),
  },
  // Comes with status 429.
  {
    codes: ['access_terminated'],
    judgement: { kind: 'invalid-key', scope: 'group' },
    ...observed('https://github.com/ChatGPTNextWeb/NextChat/issues/1719'),
  },
  { codes: ['ip_not_authorized'], judgement: invalidKey, ...documented },
  // The key is valid but restricted; these responses have no code.
  {
    statuses: [401],
    text: /missing scopes|insufficient permissions/i,
    reason: 'missing_scopes',
    judgement: callerError,
    ...observed('https://github.com/openai/openai-python/issues/1206'),
  },
  // Has the code of a rate limit, but no wait makes it succeed. Groq sends it with 413.
  {
    statuses: [429, 413],
    text: /^request too large/i,
    reason: 'request_too_large',
    judgement: callerError,
    ...observed('https://github.com/Aider-AI/aider/issues/1880'),
  },
  { codes: ['model_not_found'], judgement: callerError, ...documented },
  // Repeating a refused prompt with other keys could get every account flagged.
  {
    codes: ['invalid_prompt', 'moderation_blocked', 'content_policy_violation'],
    judgement: callerError,
    ...documented,
  },
  {
    codes: ['context_length_exceeded', 'unsupported_parameter', 'unsupported_country_region_territory'],
    judgement: callerError,
    ...documented,
  },
  // Sent when traffic rises too fast. The organisation's other keys would only add to it.
  {
    codes: ['slow_down'],
    judgement: { kind: 'rate-limited', scope: 'group', unstatedWaitMs: 60_000 },
    source: 'https://www.developersdigest.tech/errors/api/openai-api/429-slow-down',
    evidence: 'observed',
  },
  // Daily limits too: they free a slot every few minutes.
  {
    codes: ['rate_limit_exceeded', 'tokens', 'requests', 'rate_limit_error'],
    judgement: rateLimited,
    source: 'https://developers.openai.com/docs/guides/rate-limits',
    evidence: 'documented',
  },
  {
    codes: ['server_is_overloaded', 'server_error', 'service_unavailable_error'],
    judgement: transient,
    ...documented,
  },
  // Of `watchEventStream`.
  {
    codes: ['stream_incomplete'],
    judgement: transient,
    source: 'https://developers.openai.com/api/reference/resources/responses',
    evidence: 'documented',
  },
  // OpenAI does not send 402; compatible servers use it when the account has no credit.
  {
    statuses: [402],
    judgement: { ...outOfQuota, scope: 'key' },
    source: 'https://openrouter.ai/docs/api/reference/errors-and-debugging',
    evidence: 'documented',
  },
  // The client repeats it, too.
  {
    statuses: [409],
    judgement: transient,
    source: 'https://github.com/openai/openai-node#retries',
    evidence: 'documented',
  },
];
