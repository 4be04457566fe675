import { geminiErrorBody, quotaFailure, type GeminiViolation } from './gemini-error-body.ts';
import type { GeminiResponseName } from './gemini-response-name.ts';
import type { RecordedResponseEntry } from './recorded-response.ts';

const json = { 'content-type': 'application/json; charset=UTF-8' };
const perMinute = 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier';
const perDay = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier';
const tokensPerMinute = 'GenerateContentInputTokensPerModelPerMinute-FreeTier';
const untilMidnight = { kind: 'quota-exhausted', resets: 'midnight:America/Los_Angeles' } as const;
const noCredit = { kind: 'quota-exhausted', scope: 'project', recheckAfterMs: 3_600_000 } as const;
const noCreditText =
  'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing. Learn more at https://ai.google.dev/gemini-api/docs/billing#prepay. ';

type QuotaResponseName = Extract<
  GeminiResponseName,
  | 'gemini_requests_per_minute'
  | 'gemini_tokens_per_minute'
  | 'gemini_requests_per_day'
  | 'gemini_several_quotas'
  | 'gemini_no_free_quota'
  | 'gemini_resource_exhausted'
  | 'gemini_prepay_depleted'
  | 'gemini_prepay_depleted_429'
  | 'gemini_interactions_quota'
>;

/** Builds Google's text: one line for each quota, and the wait. */
function quotaText(violations: readonly GeminiViolation[], wait: string): string {
  const quotas = violations.map(({ quotaId, quotaValue = '0', model }) => {
    const metric = quotaId.includes('Tokens') ? 'free_tier_input_token_count' : 'free_tier_requests';
    return `\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_${metric}, limit: ${quotaValue}, model: ${model}`;
  });
  return `You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. ${quotas.join('')}\nPlease retry in ${wait}.`;
}

type Refusal = Pick<RecordedResponseEntry, 'status' | 'headers' | 'body' | 'evidence'>;

function exceeded(wait: string, ...violations: readonly GeminiViolation[]): Refusal {
  const delay = `${Math.floor(Number.parseFloat(wait))}s`;
  const details = quotaFailure(violations, delay);
  const body = geminiErrorBody(429, 'RESOURCE_EXHAUSTED', quotaText(violations, wait), details);
  return { status: 429, headers: json, body, evidence: 'observed' };
}

/** Gemini's responses when a quota or the credit is exhausted. */
export const geminiQuotaResponses: Readonly<Record<QuotaResponseName, RecordedResponseEntry>> = {
  gemini_requests_per_minute: {
    ...exceeded('20.04466179s', { quotaId: perMinute, model: 'gemini-2.5-flash', quotaValue: '10' }),
    expected: { kind: 'rate-limited', scope: 'project+model', bucket: 'gemini-2.5-flash', retryAfterMs: 20_045 },
    source: 'https://github.com/continuedev/continue/issues/10062',
  },
  // Older responses name the quota in `details` only.
  gemini_tokens_per_minute: {
    status: 429,
    headers: json,
    body: geminiErrorBody(
      429,
      'RESOURCE_EXHAUSTED',
      'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.',
      quotaFailure([{ quotaId: tokensPerMinute, model: 'gemini-2.5-flash', quotaValue: '250000' }], '26s'),
    ),
    expected: { kind: 'rate-limited', scope: 'project+model', bucket: 'gemini-2.5-flash', retryAfterMs: 26_000 },
    evidence: 'observed',
    source: 'https://github.com/RooCodeInc/Roo-Code/issues/3883',
  },
  // The stated seconds are not those until the reset: the quota is that of a day.
  gemini_requests_per_day: {
    ...exceeded('36.429760048s', { quotaId: perDay, model: 'gemini-3.6-flash', quotaValue: '20' }),
    expected: { ...untilMidnight, scope: 'project+model', bucket: 'gemini-3.6-flash' },
    source: 'https://github.com/diegosouzapw/OmniRoute/issues/9504',
  },
  gemini_several_quotas: {
    ...exceeded(
      '42.1s',
      { quotaId: tokensPerMinute, model: 'gemini-2.5-flash-preview-image', quotaValue: '1000' },
      { quotaId: perMinute, model: 'gemini-2.5-flash-preview-image', quotaValue: '2' },
      { quotaId: perDay, model: 'gemini-2.5-flash-preview-image', quotaValue: '5' },
    ),
    expected: { ...untilMidnight, scope: 'project+model', bucket: 'gemini-2.5-flash-preview-image' },
    source: 'https://github.com/google-gemini/gemini-cli/issues/8437',
  },
  // The project has no quota for this model at all, which no wait changes.
  gemini_no_free_quota: {
    ...exceeded(
      '11.767792953s',
      { quotaId: tokensPerMinute, model: 'gemini-2.5-pro' },
      { quotaId: perMinute, model: 'gemini-2.5-pro' },
      { quotaId: perDay, model: 'gemini-2.5-pro' },
    ),
    expected: { kind: 'quota-exhausted', recheckAfterMs: 60_000, scope: 'project+model', bucket: 'gemini-2.5-pro' },
    source: 'https://discuss.ai.google.dev/t/gemini-api-429-resource-exhausted-error-on-tier-1/114413',
  },
  // Names neither a quota nor a model.
  gemini_resource_exhausted: {
    status: 429,
    headers: json,
    body: geminiErrorBody(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
    expected: { kind: 'rate-limited', scope: 'project' },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/10479',
  },
  gemini_prepay_depleted: {
    status: 402,
    headers: json,
    body: geminiErrorBody(402, 'RESOURCE_EXHAUSTED', noCreditText),
    expected: noCredit,
    evidence: 'documented',
    source:
      'https://discuss.ai.google.dev/t/api-update-depleted-prepay-credits-now-return-http-402-instead-of-429/183654',
  },
  gemini_prepay_depleted_429: {
    status: 429,
    headers: json,
    body: geminiErrorBody(429, 'RESOURCE_EXHAUSTED', noCreditText),
    expected: noCredit,
    evidence: 'observed',
    source:
      'https://discuss.ai.google.dev/t/urgent-ai-studio-prepay-balance-dropped-from-100-866-to-0-overnight-api-returning-429-resource-exhausted/169215',
  },
  // The Interactions API has error codes of its own. The code is documented, the message is invented.
  gemini_interactions_quota: {
    status: 429,
    headers: json,
    body: { error: { code: 'quota_exceeded', message: 'You have exceeded your daily quota.' } },
    expected: { ...untilMidnight, scope: 'project' },
    evidence: 'documented',
    source: 'https://ai.google.dev/gemini-api/docs/api-errors',
  },
};
