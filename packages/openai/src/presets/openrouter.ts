import {
  parseReset,
  readField,
  statedWait,
  statedWaitOf,
  waitForRoom,
  type ClassifyContext,
  type Failure,
  type HeadersLike,
  type VerdictOfRule,
} from '@api-key-fallback/core/adapter';
import type { Preset } from './preset.ts';

const limits = 'https://openrouter.ai/docs/api_reference/limits';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The metadata of a spent budget says when it starts again, unless it never does. */
function budgetOf(scope: 'key' | 'group') {
  return ({ detail }: Failure, { now }: ClassifyContext): VerdictOfRule => {
    const resetsAt = readField(detail, 'metadata', 'resets_at');
    const waitMs = typeof resetsAt === 'string' ? parseReset(resetsAt, now) : undefined;
    const end = waitMs === undefined ? { recheckAfterMs: hourMs } : { resetsAtMs: now + waitMs };
    return { kind: 'quota-exhausted', scope, ...end };
  };
}

/** Until midnight UTC. */
function dayOf(scope: 'key' | 'group') {
  return (_failure: Failure, { now }: ClassifyContext): VerdictOfRule => {
    const resetsAtMs = (Math.floor(now / dayMs) + 1) * dayMs;
    return { kind: 'quota-exhausted', scope, resetsAtMs };
  };
}

/** The headers of a refusal, which are sent in the body. */
function headersIn({ detail }: Failure): HeadersLike | undefined {
  const headers = readField(detail, 'metadata', 'headers');
  return typeof headers === 'object' && headers !== null ? (headers as HeadersLike) : undefined;
}

function rateOf(failure: Failure, { now }: ClassifyContext): VerdictOfRule {
  const headers = headersIn(failure);
  const waitMs = statedWaitOf(failure, now) ?? statedWaitOf({ ...failure, headers }, now);
  return { kind: 'rate-limited', scope: 'key', ...statedWait(waitMs ?? waitForRoom(headers ?? {}, { now })) };
}

function metadataNames(field: 'limit_source' | 'reason', ...values: readonly string[]) {
  return ({ detail }: Failure): boolean => {
    const value = readField(detail, 'metadata', field);
    return typeof value === 'string' && values.includes(value);
  };
}

/** OpenRouter. `code` repeats the status; `metadata` names the limit. The group is the account with its credits. */
export const openrouter: Preset = {
  displayName: 'OpenRouter',
  baseURL: 'https://openrouter.ai/api/v1',
  env: 'OPENROUTER_API_KEY',
  documentation: 'https://openrouter.ai/docs/api_reference/errors-and-debugging',
  // `models` is public: https://github.com/accomplish-ai/coworker/pull/208
  probePath: 'key',
  rules: [
    // Requests in flight have reserved the rest of the credits; the response says when to try again.
    {
      statuses: [402],
      when: metadataNames('reason', 'in_flight_budget_exhausted'),
      reason: 'in_flight_budget_exhausted',
      judgement: { kind: 'rate-limited', scope: 'key' },
      source: limits,
      evidence: 'documented',
    },
    // This request alone may cost more than is left; cheaper models may still succeed with the account's other keys.
    {
      statuses: [402],
      when: metadataNames('reason', 'weight_exceeds_budget'),
      reason: 'weight_exceeds_budget',
      judgement: budgetOf('key'),
      source: limits,
      evidence: 'documented',
    },
    {
      statuses: [402],
      when: metadataNames('limit_source', 'openrouter_credits'),
      reason: 'insufficient_credits',
      judgement: budgetOf('group'),
      source: limits,
      evidence: 'documented',
    },
    // Key limits start again at midnight UTC, each week, each month or never.
    {
      statuses: [403],
      text: /^key limit exceeded \(daily limit\)/i,
      reason: 'key_limit',
      judgement: dayOf('key'),
      source: 'https://openrouter.ai/docs/client-sdks/typescript/models/operations/createkeyslimitreset.md',
      evidence: 'observed',
    },
    {
      statuses: [403],
      text: /^key limit exceeded\b/i,
      reason: 'key_limit',
      judgement: budgetOf('key'),
      source: 'https://github.com/MCPJam/inspector/issues/1287',
      evidence: 'observed',
    },
    {
      statuses: [402, 403],
      when: metadataNames('limit_source', 'openrouter_key_limit', 'openrouter_guardrail_budget'),
      reason: 'key_limit',
      judgement: budgetOf('key'),
      source: limits,
      evidence: 'documented',
    },
    {
      statuses: [403],
      when: metadataNames('limit_source', 'openrouter_workspace_budget'),
      reason: 'workspace_budget',
      judgement: budgetOf('group'),
      source: limits,
      evidence: 'documented',
    },
    {
      statuses: [403],
      text: /^workspace (?:daily|weekly|monthly|lifetime) budget of \$[\d.,]+ exceeded\b/i,
      reason: 'workspace_budget',
      judgement: budgetOf('group'),
      source: 'https://openrouter.ai/docs/guides/features/workspaces/workspace-budgets',
      evidence: 'documented',
    },
    // All `:free` models together; paid models keep working.
    {
      statuses: [429],
      text: /^rate limit exceeded: free-models-per-day\b/i,
      reason: 'free_models_per_day',
      judgement: dayOf('group'),
      source: 'https://github.com/Gitlawb/openclaude/issues/936',
      evidence: 'observed',
    },
    {
      statuses: [429],
      when: metadataNames('limit_source', 'openrouter_free_tier_daily'),
      reason: 'free_models_per_day',
      judgement: dayOf('group'),
      source: limits,
      evidence: 'documented',
    },
    // The pool that all customers share is full, not the key's limit.
    {
      statuses: [429],
      when: metadataNames('limit_source', 'upstream_provider_shared_pool'),
      reason: 'upstream_rate_limit',
      judgement: { kind: 'transient' },
      source: 'https://github.com/open-webui/computer/issues/293',
      evidence: 'observed',
    },
    // The reset is in the headers of the metadata only.
    {
      statuses: [429],
      when: (failure) => headersIn(failure) !== undefined,
      reason: 'rate_limit',
      judgement: rateOf,
      source: 'https://github.com/Gitlawb/openclaude/issues/936',
      evidence: 'observed',
    },
  ],
};
