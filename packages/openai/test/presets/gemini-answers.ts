import type { PresetAnswer } from './preset-answer.ts';

interface GoogleError {
  readonly code: number;
  readonly message: string;
  readonly status: string;
  readonly details?: readonly object[];
}

/** The body of this endpoint: an array, unlike that of Gemini's own API. */
const body = (error: GoogleError): unknown => [{ error }];

const info = (reason: string, metadata: object = {}): object => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'googleapis.com',
  metadata: { service: 'generativelanguage.googleapis.com', ...metadata },
});

const quotaFailure = (...violations: readonly object[]): object => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations,
});

const retryInfo = (retryDelay: string): object => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });

const metric = 'generativelanguage.googleapis.com/generate_content_free_tier_requests';
const quotaDimensions = { location: 'global', model: 'gemini-2.5-flash' };
const perMinute = {
  quotaMetric: metric,
  quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
  quotaDimensions,
};
const perDay = { quotaMetric: metric, quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', quotaDimensions };

const exceeded =
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.';
const hourMs = 3_600_000;
const usedUpDay = {
  kind: 'quota-exhausted',
  reason: 'quota_per_day',
  scope: 'group',
  bucket: 'gemini-2.5-flash',
  // Midnight in Los Angeles is 07:00 UTC in July.
  resetsInMs: 19 * hourMs,
} as const;

export const geminiAnswers: readonly PresetAnswer[] = [
  {
    name: 'a wrong key',
    status: 400,
    body: body({
      code: 400,
      message: 'API key not valid. Please pass a valid API key.',
      status: 'INVALID_ARGUMENT',
      details: [info('API_KEY_INVALID')],
    }),
    expected: { kind: 'invalid-key', reason: 'API_KEY_INVALID', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/8516',
  },
  {
    name: 'an expired key',
    status: 400,
    body: body({
      code: 400,
      message: 'API key expired. Please renew the API key.',
      status: 'INVALID_ARGUMENT',
      details: [info('API_KEY_INVALID')],
    }),
    expected: { kind: 'invalid-key', reason: 'API_KEY_INVALID', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/11336',
  },
  {
    name: 'a leaked key',
    status: 403,
    body: body({
      code: 403,
      message: 'Your API key was reported as leaked. Please use another API key.',
      status: 'PERMISSION_DENIED',
    }),
    expected: { kind: 'invalid-key', reason: 'leaked_key', scope: 'key' },
    evidence: 'documented',
    source: 'https://ai.google.dev/gemini-api/docs/troubleshooting',
  },
  {
    name: 'a key for other APIs',
    status: 403,
    body: body({
      code: 403,
      message:
        'Requests to this API generativelanguage.googleapis.com method google.ai.generativelanguage.v1beta.GenerativeService.StreamGenerateContent are blocked.',
      status: 'PERMISSION_DENIED',
      details: [info('API_KEY_SERVICE_BLOCKED', { consumer: 'projects/123456789012' })],
    }),
    expected: { kind: 'invalid-key', reason: 'API_KEY_SERVICE_BLOCKED', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/12781',
  },
  {
    name: 'a suspended project',
    status: 403,
    body: body({
      code: 403,
      message: "Permission denied: Consumer 'api_key:AIzaSyExampleExampleExample' has been suspended.",
      status: 'PERMISSION_DENIED',
      details: [info('CONSUMER_SUSPENDED', { consumer: 'projects/123456789012' })],
    }),
    expected: { kind: 'invalid-key', reason: 'CONSUMER_SUSPENDED', scope: 'group', group: 'projects/123456789012' },
    evidence: 'observed',
    source: 'https://github.com/google/generative-ai-docs/issues/356',
  },
  {
    name: 'a project that is denied access',
    status: 403,
    body: body({
      code: 403,
      message: 'Your project has been denied access. Please contact support.',
      status: 'PERMISSION_DENIED',
    }),
    expected: { kind: 'invalid-key', reason: 'project_denied', scope: 'group', recheckAfterMs: hourMs },
    evidence: 'observed',
    source:
      'https://discuss.ai.google.dev/t/403-permission-denied-your-project-has-been-denied-access-with-a-new-api-key/187442',
  },
  {
    name: 'a project without the API',
    status: 403,
    body: body({
      code: 403,
      message:
        'Generative Language API has not been used in project 123456789012 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/generativelanguage.googleapis.com/overview?project=123456789012 then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.',
      status: 'PERMISSION_DENIED',
      details: [info('SERVICE_DISABLED', { consumer: 'projects/123456789012' })],
    }),
    expected: { kind: 'invalid-key', reason: 'SERVICE_DISABLED', scope: 'group', recheckAfterMs: 600_000 },
    evidence: 'observed',
    source: 'https://github.com/google-gemini/deprecated-generative-ai-python/issues/10',
  },
  {
    name: 'spent credits',
    status: 429,
    body: body({
      code: 429,
      message:
        'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.',
      status: 'RESOURCE_EXHAUSTED',
    }),
    expected: { kind: 'quota-exhausted', reason: 'credits_depleted', scope: 'group', recheckAfterMs: hourMs },
    evidence: 'observed',
    source:
      'https://discuss.ai.google.dev/t/billing-sync-bug-prepay-balance-shows-r-0-429-resource-exhausted-despite-funded-prepaid-balance/170539',
  },
  {
    name: 'a reached spending cap',
    status: 429,
    body: body({
      code: 429,
      message:
        'Your billing account has exceeded its monthly spending cap. Please go to AI Studio at https://aistudio.google.com to manage your billing. Learn more at https://ai.google.dev/gemini-api/docs/billing.',
      status: 'RESOURCE_EXHAUSTED',
    }),
    expected: { kind: 'quota-exhausted', reason: 'spending_cap', scope: 'group', recheckAfterMs: hourMs },
    evidence: 'observed',
    source: 'https://help.apiyi.com/en/ai-studio-monthly-spending-cap-429-solution-en.html',
  },
  {
    name: 'a used-up day, with a short wait that is not for the day',
    status: 429,
    body: body({
      code: 429,
      message: `${exceeded}\n* Quota exceeded for metric: ${metric}, limit: 250, model: gemini-2.5-flash\nPlease retry in 22.6s.`,
      status: 'RESOURCE_EXHAUSTED',
      details: [quotaFailure({ ...perDay, quotaValue: '250' }), retryInfo('22s')],
    }),
    expected: usedUpDay,
    evidence: 'observed',
    source: 'https://oppl.ai/llms/gemini_complex_1/JE00B3XR4V72.json',
  },
  {
    name: 'a used-up day beside a used-up minute',
    status: 429,
    body: body({
      code: 429,
      message: exceeded,
      status: 'RESOURCE_EXHAUSTED',
      details: [quotaFailure(perMinute, perDay), retryInfo('38s')],
    }),
    expected: usedUpDay,
    evidence: 'observed',
    source: 'https://github.com/google-gemini/gemini-cli/issues/8437',
  },
  {
    name: 'a used-up minute',
    status: 429,
    body: body({
      code: 429,
      message: `${exceeded} \n* Quota exceeded for metric: ${metric}, limit: 10, model: gemini-2.5-flash\nPlease retry in 20.04466179s.`,
      status: 'RESOURCE_EXHAUSTED',
      details: [quotaFailure({ ...perMinute, quotaValue: '10' }), retryInfo('20s')],
    }),
    expected: { kind: 'rate-limited', scope: 'group', bucket: 'gemini-2.5-flash', retryAfterMs: 20_045 },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/10062',
  },
  {
    name: 'a limit that is not named',
    status: 429,
    body: body({ code: 429, message: 'Resource has been exhausted (e.g. check quota).', status: 'RESOURCE_EXHAUSTED' }),
    expected: { kind: 'rate-limited', scope: 'group', retryAfterMs: 60_000 },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/10560',
  },
  {
    name: 'a model that the plan does not include',
    status: 429,
    body: body({
      code: 429,
      message: `${exceeded} To monitor your current usage, head to: https://ai.dev/rate-limit. \n* Quota exceeded for metric: ${metric}, limit: 0, model: gemini-3-pro\nPlease retry in 45.578569677s.`,
      status: 'RESOURCE_EXHAUSTED',
      details: [quotaFailure(perDay, perMinute), retryInfo('45s')],
    }),
    expected: {
      kind: 'quota-exhausted',
      reason: 'not_in_plan',
      scope: 'group',
      resetsInMs: 45_579,
    },
    evidence: 'observed',
    source: 'https://github.com/continuedev/continue/issues/9570',
  },
  {
    name: 'a country without the free tier',
    status: 400,
    body: body({
      code: 400,
      message: 'User location is not supported for the API use.',
      status: 'FAILED_PRECONDITION',
    }),
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/FoundationAgents/OpenManus/issues/803',
  },
  {
    name: 'overload',
    status: 503,
    body: body({ code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' }),
    expected: { kind: 'transient' },
    evidence: 'observed',
    source: 'https://github.com/lobehub/lobehub/issues/9728',
  },
];
