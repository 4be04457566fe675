import { nextMidnight, type ErrorRule } from '@api-key-fallback/core/adapter';
import { judgeDailyQuota, quotaTimeZone } from './gemini-quotas.ts';

const invalidKey = { kind: 'invalid-key', scope: 'key' } as const;
const invalidProject = { kind: 'invalid-key', scope: 'group' } as const;
const hourMs = 3_600_000;
// Adding credit or lifting a restriction ends it; no response says when.
const noCredit = { kind: 'quota-exhausted', scope: 'group', recheckAfterMs: hourMs } as const;
const reasons = 'https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto';
const interactionCodes = 'https://ai.google.dev/gemini-api/docs/api-errors';

/**
 * What Gemini's errors mean; the first match wins.
 *
 * The group is the Cloud project, because Google counts quotas by project:
 * https://ai.google.dev/gemini-api/docs/rate-limits
 */
export const geminiErrorRules: readonly ErrorRule[] = [
  // With status 400, for expired keys too.
  {
    codes: ['API_KEY_INVALID'],
    judgement: invalidKey,
    source: 'https://github.com/continuedev/continue/issues/11336',
    evidence: 'observed',
  },
  // Suspended, or blocked for this API, this address or this website: all reasons of Google about a key begin like this.
  {
    codes: [/^API_KEY_[A-Z_]+$/],
    judgement: invalidKey,
    source: 'https://github.com/continuedev/continue/issues/12781',
    evidence: 'observed',
  },
  // The status and code are those of a model without access.
  {
    statuses: [403],
    text: /reported as leaked/i,
    reason: 'key_leaked',
    judgement: invalidKey,
    source: 'https://github.com/continuedev/continue/issues/10513',
    evidence: 'observed',
  },
  {
    codes: ['CONSUMER_SUSPENDED'],
    judgement: invalidProject,
    source: 'https://github.com/google/generative-ai-docs/issues/356',
    evidence: 'observed',
  },
  {
    codes: ['CONSUMER_INVALID', 'GCP_SUSPENDED', 'USER_PROJECT_DENIED'],
    judgement: invalidProject,
    source: reasons,
    evidence: 'documented',
  },
  // The response says that enabling the API takes a few minutes.
  {
    codes: ['SERVICE_DISABLED'],
    judgement: { ...invalidProject, recheckAfterMs: 600_000 },
    source: 'https://github.com/google-gemini/deprecated-generative-ai-python/issues/10',
    evidence: 'observed',
  },
  {
    statuses: [403],
    text: /^your project has been denied access/i,
    reason: 'project_denied',
    judgement: { ...invalidProject, recheckAfterMs: hourMs },
    source:
      'https://discuss.ai.google.dev/t/403-permission-denied-your-project-has-been-denied-access-with-a-new-api-key/187442',
    evidence: 'observed',
  },
  { codes: ['BILLING_DISABLED'], judgement: noCredit, source: reasons, evidence: 'documented' },
  // Status 402, or 429 in older responses.
  {
    statuses: [402, 429],
    text: /prepayment credits are depleted/i,
    reason: 'prepay_depleted',
    judgement: noCredit,
    source:
      'https://discuss.ai.google.dev/t/api-update-depleted-prepay-credits-now-return-http-402-instead-of-429/183654',
    evidence: 'documented',
  },
  { codes: ['payment_required'], judgement: noCredit, source: interactionCodes, evidence: 'documented' },
  // The location is that of the server that sends the request, so other keys get the same response.
  {
    statuses: [400],
    text: /^user location is not supported/i,
    reason: 'location_unsupported',
    judgement: { kind: 'caller-error' },
    source: 'https://github.com/google-gemini/gemini-cli/issues/24641',
    evidence: 'observed',
  },
  // Quotas of a day and of a minute have the same status and code.
  {
    codes: ['RESOURCE_EXHAUSTED'],
    judgement: judgeDailyQuota,
    source: 'https://dev.to/nils44344/gemini-api-429-resourceexhausted-why-your-limit-is-0-68o',
    evidence: 'observed',
  },
  {
    codes: ['RESOURCE_EXHAUSTED', 'RATE_LIMIT_EXCEEDED'],
    judgement: { kind: 'rate-limited', scope: 'group' },
    source: 'https://github.com/continuedev/continue/issues/10479',
    evidence: 'observed',
  },
  {
    codes: ['quota_exceeded'],
    judgement: (_, { now }) => ({
      kind: 'quota-exhausted',
      scope: 'group',
      resetsAtMs: nextMidnight(now, quotaTimeZone),
    }),
    source: interactionCodes,
    evidence: 'documented',
  },
  {
    codes: ['rate_limit_exceeded'],
    judgement: { kind: 'rate-limited', scope: 'group' },
    source: interactionCodes,
    evidence: 'documented',
  },
];
