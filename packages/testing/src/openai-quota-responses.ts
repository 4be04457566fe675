import { refusal } from './openai-error-body.ts';
import type { OpenAIResponseName, RecordedResponseEntry } from './recorded-response.ts';

const quotaCodes = 'https://learn.microsoft.com/en-us/microsoft-cloud/dev/dev-proxy/concepts/openai-insufficient-quota';
const organizationOutOfQuota = { kind: 'quota-exhausted', scope: 'org', recheckAfterMs: 3_600_000 } as const;

type QuotaResponseName = Extract<
  OpenAIResponseName,
  | 'insufficient_quota_legacy'
  | 'credit_balance_exhausted'
  | 'organization_spend_limit_exceeded'
  | 'project_spend_limit_exceeded'
  | 'billing_not_active'
>;

/** OpenAI's responses when a budget is exhausted. */
export const openaiQuotaResponses: Readonly<Record<QuotaResponseName, RecordedResponseEntry>> = {
  insufficient_quota_legacy: {
    ...refusal(
      429,
      'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
      'insufficient_quota',
      'insufficient_quota',
    ),
    expected: organizationOutOfQuota,
    source: 'https://github.com/simonw/llm/issues/494',
  },
  credit_balance_exhausted: {
    ...refusal(
      429,
      'You have no credits remaining. Add credits to continue using the API at https://platform.openai.com/settings/organization/billing/.',
      'insufficient_quota',
      'credit_balance_exhausted',
    ),
    expected: organizationOutOfQuota,
    source: 'https://help.openai.com/en/articles/6614457-troubleshooting-api-usage-and-spend-limits',
  },
  // The code is documented, the message is invented.
  organization_spend_limit_exceeded: {
    ...refusal(
      429,
      'Your organization has reached its monthly spend limit.',
      'insufficient_quota',
      'organization_spend_limit_exceeded',
    ),
    expected: organizationOutOfQuota,
    evidence: 'documented',
    source: quotaCodes,
  },
  // Also observed with the type `rate_limit_error`. Only the code shows that other projects keep working. The message is invented.
  project_spend_limit_exceeded: {
    ...refusal(
      429,
      'This project has reached its monthly spend limit.',
      'insufficient_quota',
      'project_spend_limit_exceeded',
    ),
    expected: { kind: 'quota-exhausted', scope: 'project', recheckAfterMs: 3_600_000 },
    evidence: 'documented',
    source: quotaCodes,
  },
  billing_not_active: {
    ...refusal(
      429,
      'Your account is not active, please check your billing details on our website.',
      'billing_not_active',
      'billing_not_active',
    ),
    expected: organizationOutOfQuota,
    source: 'https://github.com/lifan0127/ai-research-assistant/issues/174',
  },
};
