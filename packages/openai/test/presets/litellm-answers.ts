import type { PresetAnswer } from './preset-answer.ts';

const documentation = 'https://docs.litellm.ai/docs/proxy/error_reference';
const users = 'https://docs.litellm.ai/docs/proxy/users';
const hourMs = 3_600_000;

const body = (status: number | string, type: string | null, message: string): unknown => ({
  error: { message, type, param: 'None', code: String(status) },
});

export const litellmAnswers: readonly PresetAnswer[] = [
  {
    name: 'an unknown key',
    status: 401,
    body: body(
      401,
      'token_not_found_in_db',
      'Authentication Error, Invalid proxy server token passed. Received API Key = sk-...8aSP, Key Hash (Token) =af3c. Unable to find token in cache or `LiteLLM_VerificationTokenTable`',
    ),
    expected: { kind: 'invalid-key', reason: 'token_not_found_in_db', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/OpenHands/OpenHands/issues/17390',
  },
  {
    name: 'an unknown key, in older versions',
    status: 401,
    body: body(
      401,
      'auth_error',
      'Authentication Error, Invalid proxy server token passed. key=af3c, not found in db. Create key via `/key/generate` call.',
    ),
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/aliasrobotics/cai/issues/281',
  },
  {
    name: 'an expired key',
    status: 400,
    body: body(
      400,
      'expired_key',
      'Authentication Error - Expired Key. Key Expiry time 2025-12-03 20:10:22.652000+00:00 and current time 2025-12-30 20:10:22.652000+00:00',
    ),
    expected: { kind: 'invalid-key', reason: 'expired_key', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/BerriAI/litellm/issues/18731',
  },
  {
    name: 'a blocked key',
    status: 401,
    body: body(401, 'auth_error', "Authentication Error, Key is blocked. Update via `/key/unblock` if you're admin."),
    expected: { kind: 'invalid-key', reason: 'key_blocked', scope: 'key', recheckAfterMs: hourMs },
    evidence: 'observed',
    source: 'https://github.com/BerriAI/litellm/issues/22756',
  },
  {
    name: 'a blocked team',
    status: 401,
    body: body(
      401,
      'auth_error',
      "Authentication Error, Team=t1 is blocked. Update via `/team/unblock` if you're an admin.",
    ),
    expected: { kind: 'invalid-key', reason: 'team_blocked', scope: 'group', recheckAfterMs: hourMs },
    evidence: 'observed',
    source: 'https://github.com/BerriAI/litellm/blob/main/litellm/proxy/auth/auth_checks.py',
  },
  {
    name: 'a spent budget of a key',
    status: 429,
    body: body(
      429,
      'budget_exceeded',
      'Budget has been exceeded! Key=analytics-team (sk-...W8TA) Current cost: 0.06, Max budget: 0.05',
    ),
    expected: { kind: 'quota-exhausted', reason: 'budget_exceeded', scope: 'key', recheckAfterMs: hourMs },
    evidence: 'documented',
    source: documentation,
  },
  {
    name: 'a spent budget, with the status of older versions',
    status: 400,
    body: body(400, 'budget_exceeded', 'Budget has been exceeded! Current cost: 26.075, Max budget: 0.25'),
    expected: { kind: 'quota-exhausted', reason: 'budget_exceeded', scope: 'key', recheckAfterMs: hourMs },
    evidence: 'observed',
    source: 'https://github.com/BerriAI/litellm/issues/14144',
  },
  {
    name: 'a spent budget, without a type of its own',
    status: 400,
    body: body(400, 'auth_error', 'Budget has been exceeded! Current cost: 0.0010747, Max budget: 0.0'),
    expected: { kind: 'quota-exhausted', reason: 'budget_exceeded', scope: 'key', recheckAfterMs: hourMs },
    evidence: 'observed',
    source: 'https://github.com/BerriAI/litellm/issues/4208',
  },
  {
    name: 'a spent budget of a team',
    status: 400,
    body: body(400, 'budget_exceeded', 'Budget has been exceeded! Team=99c74652-6e33-4dbd-93f3-5b545da15ade'),
    expected: { kind: 'quota-exhausted', reason: 'team_budget_exceeded', scope: 'group', recheckAfterMs: hourMs },
    evidence: 'observed',
    source: 'https://github.com/BerriAI/litellm/issues/14144',
  },
  {
    name: 'a spent budget of a key for one model',
    status: 400,
    body: body(
      400,
      'budget_exceeded',
      'LiteLLM Virtual Key: 9769f3, key_alias: None, exceeded budget for model=gpt-4o',
    ),
    expected: {
      kind: 'quota-exhausted',
      reason: 'budget_exceeded',
      scope: 'key',
      bucket: 'gpt-4o',
      recheckAfterMs: hourMs,
    },
    evidence: 'documented',
    source: users,
  },
  {
    name: 'a spent budget of the user that the request names',
    status: 401,
    body: body(
      401,
      'auth_error',
      'Authentication Error, ExceededBudget: End User=ishaan3 over budget. Spend=0.0008869999999999999, Budget=0.0001',
    ),
    expected: { kind: 'caller-error', reason: 'end_user_budget_exceeded' },
    evidence: 'documented',
    source: users,
  },
  {
    name: 'spent budgets of all deployments of a model',
    status: 429,
    body: body(
      429,
      'None',
      'No deployments available - crossed budget: Exceeded budget for deployment model_name: gpt-4o, litellm_params.model: openai/gpt-4o, model_id: 490b: 26.075 >= 0.25',
    ),
    expected: {
      kind: 'quota-exhausted',
      reason: 'provider_budget_exceeded',
      scope: 'group',
      recheckAfterMs: hourMs,
    },
    evidence: 'observed',
    source: 'https://github.com/BerriAI/litellm/issues/14144',
  },
  {
    name: 'a model that the key may not use',
    status: 403,
    body: body(
      403,
      'key_model_access_denied',
      "key not allowed to access model. This key can only access models=['gpt-4o']. Tried to access o3",
    ),
    expected: { kind: 'caller-error', reason: 'key_model_access_denied' },
    evidence: 'documented',
    source: documentation,
  },
  {
    name: 'a model that the key may not use, in older versions',
    status: 401,
    body: body(
      401,
      'auth_error',
      "Authentication Error, API Key not allowed to access model. This token can only access models=['gpt-4o']. Tried to access chatgpt-4o-latest",
    ),
    expected: { kind: 'caller-error', reason: 'model_access_denied' },
    evidence: 'observed',
    source: 'https://github.com/xenodium/chatgpt-shell/issues/254',
  },
  {
    name: 'a proxy without its database',
    status: 400,
    body: body(400, 'no_db_connection', 'No connected db.'),
    expected: { kind: 'transient', reason: 'no_db_connection' },
    evidence: 'observed',
    source: 'https://github.com/BerriAI/litellm/pull/20837',
  },
  {
    name: 'a proxy without its database, in older versions',
    status: 401,
    body: body(401, 'auth_error', 'Authentication Error, No connected db.'),
    expected: { kind: 'transient', reason: 'no_db_connection' },
    evidence: 'observed',
    source: 'https://github.com/BerriAI/litellm/issues/4880',
  },
  {
    name: 'a rate limit of the key',
    status: 429,
    headers: { 'retry-after': '18', rate_limit_type: 'requests', reset_at: '2026-08-27 00:15:18 UTC' },
    body: body(
      429,
      'throttling_error',
      'Rate limit exceeded for api_key: b2f139a7. Limit type: requests. Current limit: 1, Remaining: 0. Limit resets at: 2026-08-27 00:15:18 UTC',
    ),
    expected: { kind: 'rate-limited', scope: 'key', retryAfterMs: 18_000 },
    evidence: 'documented',
    source: documentation,
  },
  {
    name: 'a rate limit of the provider behind it',
    status: 429,
    body: body(
      429,
      'throttling_error',
      'litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached for gpt-4o-mini in organization org-abc on requests per min (RPM): Limit 3, Used 3.',
    ),
    expected: { kind: 'rate-limited' },
    evidence: 'documented',
    source: 'https://docs.litellm.ai/docs/proxy/error_diagnosis',
  },
  {
    name: 'a credential of the proxy that the provider behind it refused',
    status: 401,
    body: {
      error: {
        message:
          'litellm.AuthenticationError: OpenAIException - Incorrect API key provided: my-key. You can find your API key at https://platform.openai.com/account/api-keys.',
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_api_key',
      },
    },
    expected: { kind: 'transient', reason: 'upstream_authentication_error' },
    evidence: 'documented',
    source: 'https://docs.litellm.ai/docs/proxy/error_diagnosis',
  },
  {
    name: 'deployments that all rest after failures',
    status: 429,
    body: body(
      429,
      'None',
      'No deployments available for selected model, Try again in 60 seconds. Passed model=gpt-4o. pre-call-checks=False',
    ),
    expected: { kind: 'transient', reason: 'no_deployments_available', retryAfterMs: 60_000 },
    evidence: 'observed',
    source: 'https://github.com/BerriAI/litellm/issues/3933',
  },
];
