import type { Preset } from './preset.ts';

const documentation = 'https://docs.litellm.ai/docs/proxy/error_reference';
const outOfBudget = { kind: 'quota-exhausted', recheckAfterMs: 3_600_000 } as const;

/**
 * The LiteLLM proxy and its virtual keys. Errors of the providers behind it name their exception in the text:
 * `litellm.RateLimitError: RateLimitError: OpenAIException - …`
 */
export const litellm: Preset = {
  displayName: 'LiteLLM',
  baseURL: 'http://localhost:4000/v1',
  env: 'LITELLM_API_KEY',
  documentation,
  // A key can have a budget for each model: https://docs.litellm.ai/docs/proxy/users
  affected: ({ message }) => ({ bucket: /\bexceeded budget for model=([\w./:-]{1,64})$/.exec(message)?.[1] }),
  rules: [
    // The proxy's own credential was refused, not the caller's key; the next request may go to another deployment.
    {
      statuses: [401],
      text: /^litellm\.AuthenticationError: .*Exception - /is,
      reason: 'upstream_authentication_error',
      judgement: { kind: 'transient' },
      source: 'https://docs.litellm.ai/docs/proxy/error_diagnosis',
      evidence: 'documented',
    },
    {
      codes: [
        'key_model_access_denied',
        'team_model_access_denied',
        'user_model_access_denied',
        'org_model_access_denied',
        'project_model_access_denied',
        'tool_access_denied',
        'key_vector_store_access_denied',
        'team_vector_store_access_denied',
        'user_vector_store_access_denied',
        'org_vector_store_access_denied',
        'team_member_permission_error',
      ],
      judgement: { kind: 'caller-error' },
      source: documentation,
      evidence: 'documented',
    },
    // Older versions send this with 401 `auth_error`, like a dead key.
    {
      text: /\bnot allowed to access model\b/i,
      reason: 'model_access_denied',
      judgement: { kind: 'caller-error' },
      source: 'https://github.com/xenodium/chatgpt-shell/issues/254',
      evidence: 'observed',
    },
    // The budget of the `user` that the request names; every key would meet it.
    {
      text: /^(?:authentication error, )?(?:exceededbudget: end user=|litellm end user: )/i,
      reason: 'end_user_budget_exceeded',
      judgement: { kind: 'caller-error' },
      source: 'https://docs.litellm.ai/docs/proxy/users',
      evidence: 'documented',
    },
    {
      text: /^(?:authentication error, )?budget has been exceeded! (?:team|organization|project)=/i,
      reason: 'team_budget_exceeded',
      judgement: { ...outOfBudget, scope: 'group' },
      source: 'https://github.com/BerriAI/litellm/issues/14144',
      evidence: 'observed',
    },
    {
      codes: ['budget_exceeded'],
      judgement: { ...outOfBudget, scope: 'key' },
      source: documentation,
      evidence: 'documented',
    },
    // Older versions send this as `auth_error`.
    {
      text: /^(?:authentication error, )?budget has been exceeded!/i,
      reason: 'budget_exceeded',
      judgement: { ...outOfBudget, scope: 'key' },
      source: 'https://github.com/BerriAI/litellm/issues/4208',
      evidence: 'observed',
    },
    {
      text: /^no deployments available - crossed budget\b/i,
      reason: 'provider_budget_exceeded',
      judgement: { ...outOfBudget, scope: 'group' },
      source: documentation,
      evidence: 'documented',
    },
    {
      codes: ['token_not_found_in_db', 'expired_key'],
      judgement: { kind: 'invalid-key', scope: 'key' },
      source: documentation,
      evidence: 'documented',
    },
    {
      text: /\bkey is blocked\. update via `?\/key\/unblock\b/i,
      reason: 'key_blocked',
      judgement: { kind: 'invalid-key', scope: 'key', recheckAfterMs: 3_600_000 },
      source: 'https://github.com/BerriAI/litellm/issues/22756',
      evidence: 'observed',
    },
    {
      text: /\bteam=\S+ is blocked\. update via `?\/team\/unblock\b/i,
      reason: 'team_blocked',
      judgement: { kind: 'invalid-key', scope: 'group', recheckAfterMs: 3_600_000 },
      source: 'https://github.com/BerriAI/litellm/blob/main/litellm/proxy/auth/auth_checks.py',
      evidence: 'observed',
    },
    // The proxy cannot look the key up, whatever the status.
    {
      codes: ['no_db_connection'],
      judgement: { kind: 'transient' },
      source: documentation,
      evidence: 'documented',
    },
    {
      text: /^(?:authentication error, )?no connected db\b/i,
      reason: 'no_db_connection',
      judgement: { kind: 'transient' },
      source: 'https://github.com/BerriAI/litellm/issues/4880',
      evidence: 'observed',
    },
    // Every deployment of the model rests after failures; the key is not to blame.
    {
      text: /\bno deployments available for selected model\b/i,
      reason: 'no_deployments_available',
      judgement: { kind: 'transient' },
      source: documentation,
      evidence: 'documented',
    },
  ],
};
