import {
  headersOfError,
  readHeader,
  type ClassifyContext,
  type ErrorRule,
  type Failure,
} from '@api-key-fallback/core/adapter';

const documentation = 'https://platform.claude.com/docs/en/api/errors';
const sdk = 'https://github.com/anthropics/anthropic-sdk-typescript/blob/main/src/resources/shared.ts';
const hourMs = 3_600_000;

const callerError = { kind: 'caller-error' } as const;
const transient = { kind: 'transient' } as const;
const invalidKey = { kind: 'invalid-key', scope: 'key' } as const;
// Limits and credit belong to the organisation.
const rateLimited = { kind: 'rate-limited', scope: 'group' } as const;
// Topping up or raising the limit ends it; no response says when, so try again after an hour.
const outOfCredit = { kind: 'quota-exhausted', scope: 'group', recheckAfterMs: hourMs } as const;

/** The start of the next month in UTC, in ms since the epoch. */
function nextMonth({ now }: ClassifyContext): number {
  const today = new Date(now);
  return Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1);
}

/** The time at which the message promises access again, in ms since the epoch; `undefined` if it has passed or is missing. */
function statedReset({ message }: Failure, { now }: ClassifyContext): number | undefined {
  const [, date, time] = /\bregain access on (\d{4}-\d\d-\d\d) at (\d\d:\d\d) UTC/i.exec(message) ?? [];
  const resetsAtMs = Date.parse(`${date}T${time}Z`);
  return resetsAtMs > now ? resetsAtMs : undefined;
}

/** An exhausted budget until this time, else until it is checked again after an hour. */
function outOfBudget(scope: 'key' | 'group', resetsAtMs?: number) {
  const end = resetsAtMs === undefined ? { recheckAfterMs: hourMs } : { resetsAtMs };
  return { kind: 'quota-exhausted', scope, ...end } as const;
}

/** Anthropic's errors, from codes over texts to types; the first match wins. The group is the organisation. */
export const anthropicErrorRules: readonly ErrorRule[] = [
  {
    // The monthly limit of the usage tier. It ends at the start of the next month.
    codes: ['enforced_spend_limit_reached'],
    judgement: (_failure, context) => outOfBudget('group', nextMonth(context)),
    source: 'https://platform.claude.com/docs/en/api/rate-limits',
    evidence: 'documented',
  },
  { codes: ['contract_spend_limit_reached'], judgement: outOfCredit, source: sdk, evidence: 'documented' },
  {
    codes: ['ramp_limit_exceeded'],
    judgement: { ...rateLimited, unstatedWaitMs: 60_000 },
    source: sdk,
    evidence: 'documented',
  },
  {
    // About the customer that a `user_profile` names, so every key fails this way.
    codes: ['linked_organization_billing_unavailable', 'linked_organization_spend_limit_reached'],
    judgement: callerError,
    source: sdk,
    evidence: 'documented',
  },
  {
    codes: ['organization_on_hold'],
    judgement: { kind: 'invalid-key', scope: 'group' },
    source: sdk,
    evidence: 'documented',
  },
  {
    codes: ['claude_code_key_creator_not_member'],
    judgement: invalidKey,
    source: sdk,
    evidence: 'documented',
  },
  {
    // The encryption key of one workspace; keys of other workspaces work.
    codes: ['cmek_key_disabled', 'cmek_key_network_blocked'],
    judgement: { ...invalidKey, recheckAfterMs: hourMs },
    source: sdk,
    evidence: 'documented',
  },
  // These have the type of a bad request.
  {
    statuses: [400, 403],
    text: /^this organization has been disabled/i,
    reason: 'organization_disabled',
    judgement: { kind: 'invalid-key', scope: 'group' },
    source: 'https://github.com/anthropics/claude-code/issues/72457',
    evidence: 'observed',
  },
  {
    statuses: [400],
    text: /^your credit balance is too low/i,
    reason: 'credit_balance_too_low',
    judgement: outOfCredit,
    source: 'https://github.com/anthropics/anthropic-sdk-typescript/issues/618',
    evidence: 'observed',
  },
  {
    statuses: [400],
    text: /^you have reached your specified API usage limits/i,
    reason: 'usage_limits_reached',
    judgement: (failure, context) => outOfBudget('group', statedReset(failure, context)),
    source: 'https://github.com/anthropics/claude-code/issues/38035',
    evidence: 'observed',
  },
  {
    // Other workspaces keep working. No response says which keys share one.
    statuses: [400],
    text: /^you have reached your specified workspace API usage limits/i,
    reason: 'workspace_usage_limits_reached',
    judgement: (failure, context) => outOfBudget('key', statedReset(failure, context)),
    source: 'https://github.com/anthropics/claude-code/issues/1047',
    evidence: 'observed',
  },
  {
    // Comes with a `retry-after` of minutes, which does not help.
    statuses: [429],
    text: /\bmonthly spend limit\b/i,
    reason: 'monthly_spend_limit',
    judgement: () => outOfBudget('group'),
    source: 'https://github.com/can1357/oh-my-pi/pull/5418',
    evidence: 'observed',
  },
  {
    // The request has an `origin` header, and the organisation does not allow browsers.
    statuses: [401],
    text: /^CORS requests are not allowed/i,
    reason: 'cors_not_allowed',
    judgement: callerError,
    source: documentation,
    evidence: 'documented',
  },
  // Errors in a stream have a type and no status, so the types are judged too.
  { codes: ['authentication_error'], judgement: invalidKey, source: documentation, evidence: 'documented' },
  { codes: ['billing_error'], judgement: outOfCredit, source: documentation, evidence: 'documented' },
  { codes: ['rate_limit_error'], judgement: rateLimited, source: documentation, evidence: 'documented' },
  {
    codes: ['api_error', 'timeout_error', 'overloaded_error', 'conflict_error'],
    judgement: transient,
    source: documentation,
    evidence: 'documented',
  },
  {
    codes: ['invalid_request_error', 'permission_error', 'not_found_error', 'request_too_large'],
    judgement: callerError,
    source: documentation,
    evidence: 'documented',
  },
  {
    // Of `watchEventStream`.
    codes: ['stream_incomplete'],
    judgement: transient,
    source: 'https://platform.claude.com/docs/en/build-with-claude/streaming',
    evidence: 'documented',
  },
];

/** Returns the model whose rate limit is used up: https://github.com/anthropics/claude-code/issues/55132 */
export function modelOf({ message }: Failure): string | undefined {
  return /\(org: [\da-f-]{36}, model: (claude-[\w.-]{1,56})\)/.exec(message)?.[1];
}

/** The organisation named in a response or an error. Keys of one organisation share their limits. */
export function organizationOf(source: unknown): string | undefined {
  const id = readHeader(headersOfError(source), 'anthropic-organization-id');
  // A key could be in its place.
  return id && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id) ? id : undefined;
}
