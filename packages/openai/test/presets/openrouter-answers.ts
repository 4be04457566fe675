import type { PresetAnswer } from './preset-answer.ts';

const errors = 'https://openrouter.ai/docs/api_reference/errors-and-debugging';
const limits = 'https://openrouter.ai/docs/api_reference/limits';

function error(code: number, message: string, metadata?: object): object {
  return { error: { message, code, ...(metadata && { metadata }) } };
}

export const openrouterAnswers: readonly PresetAnswer[] = [
  {
    name: 'a deleted key',
    status: 401,
    body: error(401, 'User not found.'),
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/apurvsinghgautam/robin/issues/103',
  },
  {
    name: 'a missing key',
    status: 401,
    body: error(401, 'No auth credentials found'),
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/musistudio/claude-code-router/issues/227',
  },
  {
    name: 'a key that is none',
    status: 401,
    body: error(401, 'No cookie auth credentials found'),
    expected: { kind: 'invalid-key', scope: 'key' },
    evidence: 'observed',
    source: 'https://github.com/Gitlawb/openclaude/issues/967',
  },
  {
    name: 'spent credits',
    status: 402,
    body: error(402, 'Insufficient credits. Add more using https://openrouter.ai/settings/credits', {
      limit_source: 'openrouter_credits',
    }),
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'insufficient_credits' },
    evidence: 'observed',
    source: 'https://github.com/open-assistant-org/open-assistant/issues/80',
  },
  {
    name: 'credits that do not suffice for this request',
    status: 402,
    body: error(
      402,
      'This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 10114. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account',
      { provider_name: null },
    ),
    expected: { kind: 'quota-exhausted' },
    evidence: 'observed',
    source: 'https://github.com/babikov/doka-site/issues/7',
  },
  {
    name: 'a key limit that does not suffice for this request',
    status: 402,
    body: error(
      402,
      'This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can only afford 0. To increase, visit https://openrouter.ai/settings/keys and create a key with a higher monthly limit',
    ),
    expected: { kind: 'quota-exhausted' },
    evidence: 'observed',
    source: 'https://github.com/anomalyco/opencode/issues/12219',
  },
  {
    name: 'credits that are reserved by requests in flight',
    status: 402,
    headers: { 'retry-after': '5' },
    body: error(
      402,
      'This request would exceed your available credits given your current in-flight requests. Retry after in-flight requests settle, or add credits.',
      { limit_source: 'openrouter_in_flight_budget', reason: 'in_flight_budget_exhausted' },
    ),
    expected: { kind: 'rate-limited', scope: 'key', reason: 'in_flight_budget_exhausted', retryAfterMs: 5000 },
    evidence: 'documented',
    source: limits,
  },
  {
    name: 'a request that costs more than the credits',
    status: 402,
    // Documented without its text.
    body: error(402, '', { limit_source: 'openrouter_credits', reason: 'weight_exceeds_budget' }),
    expected: { kind: 'quota-exhausted', scope: 'key', reason: 'weight_exceeds_budget' },
    evidence: 'documented',
    source: limits,
  },
  {
    name: 'the limit of a key, named by the metadata',
    status: 402,
    body: error(402, '', { limit_source: 'openrouter_key_limit' }),
    expected: { kind: 'quota-exhausted', scope: 'key', reason: 'key_limit' },
    evidence: 'documented',
    source: limits,
  },
  {
    name: 'the total limit of a key',
    status: 403,
    body: error(403, 'Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys'),
    expected: { kind: 'quota-exhausted', scope: 'key', reason: 'key_limit' },
    evidence: 'observed',
    source: 'https://github.com/MCPJam/inspector/issues/1287',
  },
  {
    name: 'the monthly limit of a key',
    status: 403,
    body: error(403, 'Key limit exceeded (monthly limit). Manage it using https://openrouter.ai/settings/keys'),
    expected: { kind: 'quota-exhausted', scope: 'key', reason: 'key_limit' },
    evidence: 'observed',
    source: 'https://github.com/gptme/gptme/issues/1449',
  },
  {
    name: 'the daily limit of a key',
    status: 403,
    body: error(403, 'Key limit exceeded (daily limit). Manage it using https://openrouter.ai/settings/keys'),
    expected: { kind: 'quota-exhausted', scope: 'key', reason: 'key_limit', resetsInMs: 43_200_000 },
    evidence: 'observed',
    source: 'https://openrouter.ai/docs/client-sdks/typescript/models/operations/createkeyslimitreset.md',
  },
  {
    name: 'the budget of a guardrail, with its reset',
    status: 403,
    // Documented without its text.
    body: error(403, '', {
      limit_source: 'openrouter_guardrail_budget',
      limit_usd: 50,
      spend_usd: 50.2,
      resets_at: '2026-07-06T00:00:00.000Z',
    }),
    expected: { kind: 'quota-exhausted', scope: 'key', reason: 'key_limit', resetsInMs: 388_800_000 },
    evidence: 'documented',
    source: limits,
  },
  {
    name: 'the limit of a key, in the older text',
    status: 403,
    body: error(403, 'Key limit exceeded. Manage it using https://openrouter.ai/keys'),
    expected: { kind: 'quota-exhausted', scope: 'key', reason: 'key_limit' },
    evidence: 'observed',
    source: 'https://github.com/RooCodeInc/Roo-Code/issues/515',
  },
  {
    name: 'the budget of a workspace',
    status: 403,
    body: error(403, 'Workspace monthly budget of $100.00 exceeded', {
      limit_source: 'openrouter_workspace_budget',
    }),
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'workspace_budget' },
    evidence: 'documented',
    source: 'https://openrouter.ai/docs/guides/features/workspaces/workspace-budgets',
  },
  {
    name: 'the free models of the day',
    status: 429,
    headers: {
      'x-ratelimit-limit': '50',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '1782950400000',
    },
    body: error(
      429,
      'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
      {
        limit_source: 'openrouter_free_tier_daily',
      },
    ),
    expected: { kind: 'quota-exhausted', scope: 'group', reason: 'free_models_per_day', resetsInMs: 43_200_000 },
    evidence: 'observed',
    source: 'https://github.com/Gitlawb/openclaude/issues/936',
  },
  {
    name: 'a rate limit',
    status: 429,
    headers: { 'retry-after': '60' },
    body: error(429, 'Rate limit exceeded', { error_type: 'rate_limit_exceeded' }),
    expected: { kind: 'rate-limited', retryAfterMs: 60_000 },
    evidence: 'documented',
    source: errors,
  },
  {
    name: 'a rate limit whose reset is in the metadata',
    status: 429,
    body: error(429, 'Rate limit exceeded: free-models-per-min. ', {
      headers: {
        'X-RateLimit-Limit': '20',
        'X-RateLimit-Remaining': '0',
        'X-RateLimit-Reset': String(Date.parse('2026-07-01T12:00:30Z')),
      },
    }),
    expected: { kind: 'rate-limited', scope: 'key', reason: 'rate_limit', retryAfterMs: 30_000 },
    evidence: 'observed',
    source: 'https://github.com/Gitlawb/openclaude/issues/936',
  },
  {
    name: 'the full shared pool of a provider',
    status: 429,
    body: error(429, 'Provider returned error', {
      raw: 'z-ai/glm-5.3-flash is temporarily rate-limited upstream. Please retry shortly, or add your own key to accumulate your rate limits: https://openrouter.ai/settings/integrations',
      provider_name: 'BaseTen',
      limit_source: 'upstream_provider_shared_pool',
    }),
    expected: { kind: 'transient', reason: 'upstream_rate_limit' },
    evidence: 'observed',
    source: 'https://github.com/open-webui/computer/issues/293',
  },
  {
    name: 'a prompt that a guardrail blocks',
    status: 403,
    body: error(403, 'Request blocked: prompt injection patterns detected', { patterns: ['ignore_instructions'] }),
    expected: { kind: 'caller-error' },
    evidence: 'documented',
    source: errors,
  },
  {
    name: 'an unknown model',
    status: 400,
    body: error(400, 'openai/gpt-9 is not a valid model ID'),
    expected: { kind: 'caller-error' },
    evidence: 'documented',
    source: errors,
  },
  {
    name: 'no provider that keeps the privacy settings',
    status: 404,
    body: error(
      404,
      'No endpoints found matching your data policy (Free model publication). Configure: https://openrouter.ai/settings/privacy',
    ),
    expected: { kind: 'caller-error' },
    evidence: 'observed',
    source: 'https://github.com/ShamanicArts/Flow.Launcher.Plugin.AI-Assistant/issues/2',
  },
  {
    name: 'a provider that is down',
    status: 502,
    body: error(502, 'Provider returned error', { error_type: 'provider_unavailable' }),
    expected: { kind: 'transient' },
    evidence: 'documented',
    source: errors,
  },
];
