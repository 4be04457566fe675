import {
  readHeader,
  statedWait,
  statedWaitOf,
  waitForRoom,
  type ClassifyContext,
  type ErrorRule,
  type Failure,
  type VerdictOfRule,
} from '@api-key-fallback/core/adapter';
import { hostHeader } from './host-header.ts';

// The gateway sends no codes, but its texts have been stable for years.
const gatewayTexts = {
  source: 'https://github.com/OpenBMB/ToolBench/blob/HEAD/toolbench/inference/server.py',
  evidence: 'observed',
} as const;
const gatewayHeaders = {
  source: 'https://docs.rapidapi.com/v1.0/docs/response-headers',
  evidence: 'documented',
} as const;

/** The gateway marks its own responses; the others come from the API behind it. */
function isFromGateway({ headers }: Failure): boolean {
  return readHeader(headers, 'x-rapidapi-proxy-response')?.trim().toLowerCase() === 'true';
}

/** The key on the called host only, because every host has subscriptions and quotas of its own. */
function onHost({ headers }: Failure, { operation }: ClassifyContext): { scope: 'key'; bucket?: string } {
  const host = readHeader(headers, hostHeader) ?? operation;
  return { scope: 'key', ...(host === undefined ? {} : { bucket: host }) };
}

function invalidOnHost(failure: Failure, context: ClassifyContext): VerdictOfRule {
  return { kind: 'invalid-key', ...onHost(failure, context) };
}

const windows = [
  { pattern: /\bper second\b/i, lengthMs: 1000 },
  { pattern: /\bper minute\b/i, lengthMs: 60_000 },
  { pattern: /\bper hour\b/i, lengthMs: 3_600_000 },
  { pattern: /\bper (?:day|month)\b/i, lengthMs: 86_400_000 },
] as const;

/** Returns the length in ms, at most a day, of the window named in a text, for example "the rate limit per second for your plan". */
function windowIn(text: string): number | undefined {
  return windows.find(({ pattern }) => pattern.test(text))?.lengthMs;
}

/** RapidAPI's errors; the first match wins. */
export const rapidApiErrorRules: readonly ErrorRule[] = [
  // The plan lacks this endpoint. The key and its subscription are valid.
  {
    statuses: [401, 403],
    text: /endpoint is disabled for your subscription/i,
    reason: 'endpoint_disabled',
    judgement: { kind: 'caller-error' },
    ...gatewayTexts,
  },
  // The key still works for other APIs.
  {
    statuses: [401, 403],
    text: /not subscribed/i,
    reason: 'not_subscribed',
    judgement: invalidOnHost,
    source: 'https://github.com/OpenBMB/ToolBench/issues/174',
    evidence: 'observed',
  },
  {
    statuses: [401, 403],
    text: /\bblocked user\b/i,
    reason: 'blocked_user',
    judgement: invalidOnHost,
    ...gatewayTexts,
  },
  // One application key serves all APIs.
  {
    statuses: [401],
    text: /invalid api key/i,
    when: isFromGateway,
    reason: 'invalid_api_key',
    judgement: { kind: 'invalid-key', scope: 'key' },
    source: 'https://docs.rapidapi.com/docs/keys',
    evidence: 'documented',
  },
  // A vendor's own text that the gateway passes on proves nothing about other hosts.
  { statuses: [401], text: /invalid api key/i, reason: 'invalid_api_key', judgement: invalidOnHost, ...gatewayTexts },
  { statuses: [401], when: isFromGateway, reason: 'invalid_api_key', judgement: invalidOnHost, ...gatewayHeaders },
  {
    statuses: [429],
    text: /\b(?:hourly|daily|monthly) quota\b/i,
    reason: 'quota_exceeded',
    judgement: quotaOfPlan,
    source: 'https://github.com/evuventures/hyperbuds-app/blob/HEAD/docs/leaderboard/API-QUOTA-ERRORS.md',
    evidence: 'observed',
  },
  { statuses: [429], reason: 'rate_limit_exceeded', judgement: rateOfPlan, ...gatewayHeaders },
  // From the API itself, or from the gateway for a wrong path.
  {
    when: ({ status = 500 }) => status < 500 && status !== 408,
    judgement: { kind: 'caller-error' },
    ...gatewayHeaders,
  },
];

/** Lasts until the latest reset of the exhausted quotas of the plan. */
function quotaOfPlan(failure: Failure, context: ClassifyContext): VerdictOfRule {
  const waitMs = waitForRoom(failure.headers ?? {}, context, (name) => name !== 'rate') ?? 0;
  const end = waitMs > 0 ? { resetsAtMs: context.now + waitMs } : { recheckAfterMs: 3_600_000 };
  return { kind: 'quota-exhausted', ...onHost(failure, context), ...end };
}

function rateOfPlan(failure: Failure, context: ClassifyContext): VerdictOfRule {
  const { headers = {}, message } = failure;
  const resetMs = waitForRoom(headers, context, (name) => name === 'rate');
  const waitMs = statedWaitOf(failure, context.now) ?? resetMs ?? windowIn(message);
  return { kind: 'rate-limited', ...onHost(failure, context), ...statedWait(waitMs) };
}
