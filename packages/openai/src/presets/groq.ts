import { outOfCredit, type Preset } from './preset.ts';

const documentation = 'https://console.groq.com/docs/errors';

/** Groq. Limits apply per organisation and model; the group is the organisation. */
export const groq: Preset = {
  displayName: 'Groq',
  baseURL: 'https://api.groq.com/openai/v1',
  env: 'GROQ_API_KEY',
  documentation,
  // https://console.groq.com/docs/rate-limits
  limitWindows: { requests: 'day', tokens: 'minute' },
  limitsRefill: true,
  uncountedTokens: 'cached',
  rules: [
    // Sent with status 400, like a mistake in the request.
    {
      codes: ['organization_restricted'],
      judgement: { kind: 'invalid-key', scope: 'group' },
      source: 'https://github.com/songquanpeng/one-api/issues/1764',
      evidence: 'observed',
    },
    // Also with status 400: the organisation's spend limit, which starts again with the month.
    {
      codes: ['blocked_api_access'],
      judgement: outOfCredit,
      source: 'https://console.groq.com/docs/spend-limits',
      evidence: 'documented',
    },
    // Has the code of a rate limit, but no wait makes the request smaller.
    {
      statuses: [413],
      codes: ['rate_limit_exceeded', 'tokens'],
      reason: 'request_too_large',
      judgement: { kind: 'caller-error' },
      source: documentation,
      evidence: 'documented',
    },
    {
      statuses: [498],
      reason: 'flex_capacity_exceeded',
      judgement: { kind: 'transient' },
      source: documentation,
      evidence: 'documented',
    },
  ],
};
