import { anthropicErrorBody } from './anthropic-error-body.ts';
import type { AnthropicResponseName, RecordedResponseEntry } from './recorded-response.ts';

const json = { 'content-type': 'application/json' };
const sdkErrors = '@anthropic-ai/sdk 1.13 resources/shared.d.ts';
const outOfCredit = { kind: 'quota-exhausted', scope: 'org', recheckAfterMs: 3_600_000 } as const;
const untilNextMonth = { kind: 'quota-exhausted', scope: 'org', resets: 'month:UTC' } as const;

type SpendResponseName = Extract<
  AnthropicResponseName,
  | 'credit_balance_too_low'
  | 'billing_error'
  | 'usage_limits_reached'
  | 'workspace_usage_limits_reached'
  | 'enforced_spend_limit_reached'
  | 'contract_spend_limit_reached'
  | 'monthly_spend_limit'
  | 'linked_organization_spend_limit_reached'
>;

/** Anthropic's responses when a budget is exhausted. */
export const anthropicSpendResponses: Readonly<Record<SpendResponseName, RecordedResponseEntry>> = {
  // Has the type and status of a bad request, instead of the documented `billing_error`.
  credit_balance_too_low: {
    status: 400,
    headers: json,
    body: anthropicErrorBody(
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
    ),
    expected: outOfCredit,
    evidence: 'observed',
    source: 'https://github.com/anthropics/anthropic-sdk-typescript/issues/618',
  },
  billing_error: {
    status: 402,
    headers: json,
    body: anthropicErrorBody('billing_error', 'Billing error'),
    expected: outOfCredit,
    evidence: 'documented',
    source: 'https://platform.claude.com/docs/en/api/errors',
  },
  // A spend limit that the organisation set itself.
  usage_limits_reached: {
    status: 400,
    headers: json,
    body: anthropicErrorBody(
      'invalid_request_error',
      'You have reached your specified API usage limits. You will regain access on 2026-08-01 at 00:00 UTC.',
    ),
    expected: untilNextMonth,
    evidence: 'observed',
    source: 'https://github.com/anthropics/claude-code/issues/38035',
  },
  // Other workspaces keep working. No group says which keys share one.
  workspace_usage_limits_reached: {
    status: 400,
    headers: json,
    body: anthropicErrorBody(
      'invalid_request_error',
      'You have reached your specified workspace API usage limits. You will regain access on 2026-08-01 at 00:00 UTC.',
    ),
    expected: { ...untilNextMonth, scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/anthropics/claude-code/issues/1047',
  },
  // The monthly limit of the usage tier, without `retry-after`. The code is documented, the message is invented.
  enforced_spend_limit_reached: {
    status: 429,
    headers: json,
    body: anthropicErrorBody(
      'rate_limit_error',
      'Your organization has reached its monthly usage limit.',
      'enforced_spend_limit_reached',
    ),
    expected: untilNextMonth,
    evidence: 'documented',
    source: 'https://www.developersdigest.tech/errors/api/anthropic-api/429-enforced-spend-limit-reached',
  },
  // The code is documented, the message is invented.
  contract_spend_limit_reached: {
    status: 429,
    headers: json,
    body: anthropicErrorBody(
      'rate_limit_error',
      'Your organization has reached the spend limit of its contract.',
      'contract_spend_limit_reached',
    ),
    expected: outOfCredit,
    evidence: 'documented',
    source: sdkErrors,
  },
  // Comes with a `retry-after` of minutes, which does not help.
  monthly_spend_limit: {
    status: 429,
    headers: { ...json, 'retry-after': '300' },
    body: anthropicErrorBody(
      'rate_limit_error',
      "This request would exceed your account's monthly spend limit. Please try again later.",
    ),
    expected: outOfCredit,
    evidence: 'observed',
    source: 'https://github.com/can1357/oh-my-pi/pull/5418',
  },
  // Concerns the customer of a `user_profile`, so every key fails this way. The code is documented, the message is invented.
  linked_organization_spend_limit_reached: {
    status: 402,
    headers: json,
    body: anthropicErrorBody(
      'billing_error',
      'The organization linked to the user profile has reached a spend limit.',
      'linked_organization_spend_limit_reached',
    ),
    expected: { kind: 'caller-error' },
    evidence: 'documented',
    source: sdkErrors,
  },
};
