import { outOfCredit, type Preset } from './preset.ts';

const documentation = 'https://platform.kimi.ai/docs/api/errors';

/** Moonshot AI's Kimi API. Keys of platform.kimi.com need the address `https://api.moonshot.cn/v1`. The group is the organisation. */
export const moonshot: Preset = {
  displayName: 'Moonshot AI',
  baseURL: 'https://api.moonshot.ai/v1',
  env: 'MOONSHOT_API_KEY',
  documentation,
  rules: [
    {
      codes: ['invalid_authentication_error', 'incorrect_api_key_error'],
      judgement: { kind: 'invalid-key', scope: 'key' },
      source: documentation,
      evidence: 'documented',
    },
    {
      codes: ['access_terminated_error'],
      judgement: { kind: 'invalid-key', scope: 'group' },
      source: 'https://forum.moonshot.ai/t/quota-exceeded-please-upgrade-your-plan-or-retry-later/421',
      evidence: 'observed',
    },
    {
      statuses: [403],
      text: /^your ip is not allowed to access this organization\b/i,
      reason: 'ip_not_allowed',
      judgement: { kind: 'invalid-key', scope: 'group', recheckAfterMs: 600_000 },
      source: documentation,
      evidence: 'documented',
    },
    {
      codes: ['exceeded_current_quota_error'],
      judgement: outOfCredit,
      source: documentation,
      evidence: 'documented',
    },
    // The subscriptions of Kimi Code have no error type of their own.
    {
      statuses: [403, 429],
      text: /^you've reached (?:your usage limit for this (?:billing cycle|period)|kimi monthly usage limit)\b/i,
      reason: 'usage_limit',
      judgement: outOfCredit,
      source: 'https://www.kimi.com/code/docs/en/kimi-code/error-reference.html',
      evidence: 'documented',
    },
    {
      statuses: [429],
      text: /\breached (?:organization|project) tpd rate limit\b/i,
      reason: 'tokens_per_day',
      judgement: outOfCredit,
      source: documentation,
      evidence: 'documented',
    },
    {
      codes: ['rate_limit_reached_error'],
      judgement: { kind: 'rate-limited', scope: 'group' },
      source: documentation,
      evidence: 'documented',
    },
    // Sent with status 429, but the servers are full, not the account's limit.
    {
      codes: ['engine_overloaded_error'],
      judgement: { kind: 'transient' },
      source: documentation,
      evidence: 'documented',
    },
    {
      codes: ['content_filter', 'permission_denied_error', 'resource_not_found_error'],
      judgement: { kind: 'caller-error' },
      source: documentation,
      evidence: 'documented',
    },
  ],
};
