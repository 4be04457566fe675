import {
  googleProjectOf,
  googleQuotaViolations,
  nextMidnight,
  type ClassifyContext,
  type Failure,
  type VerdictOfRule,
} from '@api-key-fallback/core/adapter';
import { outOfCredit, type Preset } from './preset.ts';

const rateLimits = 'https://ai.google.dev/gemini-api/docs/rate-limits';
const reasons = 'https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto';

/** Limits per minute and per day have the same text, and the stated wait ignores the day. */
function judgeDay(failure: Failure, { now }: ClassifyContext): VerdictOfRule | undefined {
  if (!googleQuotaViolations(failure).some(({ quotaId }) => quotaId.includes('PerDay'))) return undefined;
  return { kind: 'quota-exhausted', scope: 'group', resetsAtMs: nextMidnight(now, 'America/Los_Angeles') };
}

/** Returns the model whose quota is exceeded. Its form is not that of a key. */
function modelOf(failure: Failure): string | undefined {
  const models = googleQuotaViolations(failure).map(({ model }) => model);
  return models.find((model) => /^[a-z][a-z0-9.-]{2,63}$/.test(model));
}

/** Gemini through Google's OpenAI-compatible endpoint. Limits apply per project and model; the group is the project. */
export const gemini: Preset = {
  displayName: 'Gemini',
  baseURL: 'https://generativelanguage.googleapis.com/v1beta/openai',
  env: 'GEMINI_API_KEY',
  documentation: 'https://ai.google.dev/gemini-api/docs/troubleshooting',
  // Tokens per minute are those of the input: https://ai.google.dev/gemini-api/docs/rate-limits
  uncountedTokens: 'output',
  affected: (failure) => ({ group: googleProjectOf(failure), bucket: modelOf(failure) }),
  rules: [
    // Google answers a wrong or expired key with status 400: https://github.com/continuedev/continue/issues/8516
    {
      codes: [
        'API_KEY_INVALID',
        'API_KEY_SUSPENDED',
        'API_KEY_SERVICE_BLOCKED',
        'API_KEY_HTTP_REFERRER_BLOCKED',
        'API_KEY_IP_ADDRESS_BLOCKED',
        'API_KEY_ANDROID_APP_BLOCKED',
        'API_KEY_IOS_APP_BLOCKED',
      ],
      judgement: { kind: 'invalid-key', scope: 'key' },
      source: reasons,
      evidence: 'documented',
    },
    {
      text: /^your api key was reported as leaked\b/i,
      reason: 'leaked_key',
      judgement: { kind: 'invalid-key', scope: 'key' },
      source: 'https://ai.google.dev/gemini-api/docs/troubleshooting',
      evidence: 'documented',
    },
    {
      codes: ['CONSUMER_SUSPENDED', 'CONSUMER_INVALID', 'GCP_SUSPENDED', 'USER_PROJECT_DENIED'],
      judgement: { kind: 'invalid-key', scope: 'group' },
      source: 'https://github.com/google/generative-ai-docs/issues/356',
      evidence: 'observed',
    },
    {
      text: /^your project has been denied access\b/i,
      reason: 'project_denied',
      judgement: { kind: 'invalid-key', scope: 'group', recheckAfterMs: 3_600_000 },
      source:
        'https://discuss.ai.google.dev/t/403-permission-denied-your-project-has-been-denied-access-with-a-new-api-key/187442',
      evidence: 'observed',
    },
    // The response says that enabling the API takes a few minutes.
    {
      codes: ['SERVICE_DISABLED'],
      judgement: { kind: 'invalid-key', scope: 'group', recheckAfterMs: 600_000 },
      source: 'https://github.com/google-gemini/deprecated-generative-ai-python/issues/10',
      evidence: 'observed',
    },
    {
      codes: ['BILLING_DISABLED'],
      judgement: outOfCredit,
      source: reasons,
      evidence: 'documented',
    },
    {
      text: /^your prepayment credits are depleted\b/i,
      reason: 'credits_depleted',
      judgement: outOfCredit,
      source:
        'https://discuss.ai.google.dev/t/billing-sync-bug-prepay-balance-shows-r-0-429-resource-exhausted-despite-funded-prepaid-balance/170539',
      evidence: 'observed',
    },
    {
      text: /^your (?:project|billing account) has exceeded its monthly spending cap\b/i,
      reason: 'spending_cap',
      judgement: outOfCredit,
      source: 'https://help.apiyi.com/en/ai-studio-monthly-spending-cap-429-solution-en.html',
      evidence: 'observed',
    },
    // The plan has no quota for this model at all. A key of another project may have it, and other models still work.
    {
      statuses: [429],
      text: /\bquota exceeded for metric: .*\blimit: 0\b/i,
      reason: 'not_in_plan',
      judgement: { kind: 'quota-exhausted', scope: 'group', recheckAfterMs: 60_000 },
      source: 'https://github.com/continuedev/continue/issues/9570',
      evidence: 'observed',
    },
    {
      codes: ['RESOURCE_EXHAUSTED'],
      reason: 'quota_per_day',
      judgement: judgeDay,
      source: rateLimits,
      evidence: 'documented',
    },
    {
      codes: ['RESOURCE_EXHAUSTED'],
      judgement: { kind: 'rate-limited', scope: 'group', unstatedWaitMs: 60_000 },
      source: rateLimits,
      evidence: 'documented',
    },
  ],
};
