/** A verdict without the parts that come from the response: the wait, the group and the bucket. */
export type Judgement =
  | { readonly kind: 'transient' }
  | { readonly kind: 'caller-error' }
  | { readonly kind: 'rate-limited'; readonly scope: 'key' | 'group'; readonly unstatedWaitMs?: number }
  | { readonly kind: 'quota-exhausted'; readonly scope: 'key' | 'group'; readonly recheckAfterMs: number }
  | { readonly kind: 'invalid-key'; readonly scope: 'key' | 'group' };

/** One row of the table. It matches when the response has one of its codes, one of its types, or its text. */
export interface Rule {
  readonly codes?: readonly string[];
  readonly types?: readonly string[];
  /** For responses whose code is missing or misleading. */
  readonly text?: { readonly pattern: RegExp; readonly status: number; readonly reason: string };
  readonly judgement: Judgement;
}

const callerError = { kind: 'caller-error' } as const;
const transient = { kind: 'transient' } as const;
const invalidKey = { kind: 'invalid-key', scope: 'key' } as const;
const rateLimited = { kind: 'rate-limited', scope: 'key' } as const;
// Topping up or raising the limit ends it; no response says when, so try the key again after an hour.
const outOfQuota = { kind: 'quota-exhausted', recheckAfterMs: 3_600_000 } as const;

// https://help.openai.com/en/articles/6614457-troubleshooting-api-usage-and-spend-limits
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
 * OpenAI's error codes (https://developers.openai.com/docs/guides/error-codes); the first match wins.
 *
 * The group is the organisation. A project limit affects one key only, because no response says which keys share a project.
 */
export const rules: readonly Rule[] = [
  // Has the same type as an exhausted organisation, but other projects keep working:
  // https://learn.microsoft.com/en-us/microsoft-cloud/dev/dev-proxy/concepts/openai-insufficient-quota
  { codes: ['project_spend_limit_exceeded'], judgement: { ...outOfQuota, scope: 'key' } },
  { codes: organizationQuota, types: organizationQuota, judgement: { ...outOfQuota, scope: 'group' } },
  { codes: ['invalid_api_key', 'no_organization', 'mismatched_organization'], judgement: invalidKey },
  { codes: ['account_deactivated'], judgement: { kind: 'invalid-key', scope: 'group' } },
  { codes: ['ip_not_authorized'], judgement: invalidKey },
  // The key is valid but restricted; these responses have no code.
  {
    text: { pattern: /missing scopes|insufficient permissions/i, status: 401, reason: 'missing_scopes' },
    judgement: callerError,
  },
  // Has the code of a rate limit, but no wait makes it succeed: https://github.com/Aider-AI/aider/issues/1880
  {
    text: { pattern: /^(?:429 )?request too large/i, status: 429, reason: 'request_too_large' },
    judgement: callerError,
  },
  // Groq's version of the same: https://github.com/continuedev/continue/issues/10218
  {
    text: { pattern: /^(?:413 )?request too large/i, status: 413, reason: 'request_too_large' },
    judgement: callerError,
  },
  { codes: ['model_not_found'], judgement: callerError },
  // Repeating a refused prompt with other keys could get every account flagged.
  { codes: ['invalid_prompt', 'moderation_blocked', 'content_policy_violation'], judgement: callerError },
  {
    codes: ['context_length_exceeded', 'unsupported_parameter', 'unsupported_country_region_territory'],
    judgement: callerError,
  },
  // Sent when traffic rises too fast. The organisation's other keys would only add to it:
  // https://www.developersdigest.tech/errors/api/openai-api/429-slow-down
  { codes: ['slow_down'], judgement: { kind: 'rate-limited', scope: 'group', unstatedWaitMs: 60_000 } },
  // Daily limits too: they free a slot every few minutes.
  { codes: ['rate_limit_exceeded'], types: ['tokens', 'requests', 'rate_limit_error'], judgement: rateLimited },
  {
    codes: ['server_is_overloaded', 'server_error', 'stream_incomplete'],
    types: ['service_unavailable_error', 'server_error'],
    judgement: transient,
  },
];

/** Classifies by status, when no rule matches. */
export function judgeStatus(status: number): Judgement | undefined {
  if (status === 401) return invalidKey;
  // OpenAI does not send it; compatible servers use it when the account has no credit.
  if (status === 402) return { ...outOfQuota, scope: 'key' };
  if (status === 429) return rateLimited;
  if (status === 408 || status === 409 || status >= 500) return transient;
  return status >= 400 ? callerError : undefined;
}
