/** What a failure says before the waits and names in the answer are read. */
export type Judgement =
  | { readonly kind: 'transient' }
  | { readonly kind: 'caller-error' }
  | { readonly kind: 'rate-limited'; readonly scope: 'key' | 'group'; readonly unstatedWaitMs?: number }
  | { readonly kind: 'quota-exhausted'; readonly scope: 'key' | 'group'; readonly recheckAfterMs: number }
  | { readonly kind: 'invalid-key'; readonly scope: 'key' | 'group' };

/** A row of the table: it applies when the code, the type or the text of the answer is one of its own. */
export interface Rule {
  readonly codes?: readonly string[];
  readonly types?: readonly string[];
  /** For answers whose code says nothing or the wrong thing. */
  readonly text?: { readonly pattern: RegExp; readonly status: number; readonly reason: string };
  readonly judgement: Judgement;
}

const callerError = { kind: 'caller-error' } as const;
const transient = { kind: 'transient' } as const;
const invalidKey = { kind: 'invalid-key', scope: 'key' } as const;
const rateLimited = { kind: 'rate-limited', scope: 'key' } as const;
// A top-up or a raised limit heals it, at a time that no answer tells.
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
 * What OpenAI's codes mean (https://developers.openai.com/docs/guides/error-codes); the first match wins.
 *
 * The group is the organisation. What strikes a project strikes the key, because no answer tells which keys share one.
 */
export const rules: readonly Rule[] = [
  // Its type is the organisation's, yet other projects keep working:
  // https://learn.microsoft.com/en-us/microsoft-cloud/dev/dev-proxy/concepts/openai-insufficient-quota
  { codes: ['project_spend_limit_exceeded'], judgement: { ...outOfQuota, scope: 'key' } },
  { codes: organizationQuota, types: organizationQuota, judgement: { ...outOfQuota, scope: 'group' } },
  { codes: ['invalid_api_key', 'no_organization', 'mismatched_organization'], judgement: invalidKey },
  { codes: ['account_deactivated'], judgement: { kind: 'invalid-key', scope: 'group' } },
  { codes: ['ip_not_authorized'], judgement: invalidKey },
  // The key is alive, but restricted; such answers have no code.
  {
    text: { pattern: /missing scopes|insufficient permissions/i, status: 401, reason: 'missing_scopes' },
    judgement: callerError,
  },
  // Has the code of a rate limit but can never succeed: https://github.com/Aider-AI/aider/issues/1880
  {
    text: { pattern: /^(?:429 )?request too large/i, status: 429, reason: 'request_too_large' },
    judgement: callerError,
  },
  // The same from Groq: https://github.com/continuedev/continue/issues/10218
  {
    text: { pattern: /^(?:413 )?request too large/i, status: 413, reason: 'request_too_large' },
    judgement: callerError,
  },
  { codes: ['model_not_found'], judgement: callerError },
  // Never repeated with another key, or every account is flagged.
  { codes: ['invalid_prompt', 'moderation_blocked', 'content_policy_violation'], judgement: callerError },
  {
    codes: ['context_length_exceeded', 'unsupported_parameter', 'unsupported_country_region_territory'],
    judgement: callerError,
  },
  // Guards against ramps, so that the organisation's other keys make it worse:
  // https://www.developersdigest.tech/errors/api/openai-api/429-slow-down
  { codes: ['slow_down'], judgement: { kind: 'rate-limited', scope: 'group', unstatedWaitMs: 60_000 } },
  // For every window, per day too: these limits free a slot every few minutes.
  { codes: ['rate_limit_exceeded'], types: ['tokens', 'requests', 'rate_limit_error'], judgement: rateLimited },
  {
    codes: ['server_is_overloaded', 'server_error', 'stream_incomplete'],
    types: ['service_unavailable_error', 'server_error'],
    judgement: transient,
  },
];

/** What the status alone says, where the answer says nothing better. */
export function judgeStatus(status: number): Judgement | undefined {
  if (status === 401) return invalidKey;
  // Not OpenAI's own: compatible servers ask for credit with it.
  if (status === 402) return { ...outOfQuota, scope: 'key' };
  if (status === 429) return rateLimited;
  if (status === 408 || status === 409 || status >= 500) return transient;
  return status >= 400 ? callerError : undefined;
}
