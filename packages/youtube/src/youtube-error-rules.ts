import {
  googleMetadata,
  googleProjectOf,
  nextMidnight,
  readField,
  readList,
  statedWait,
  statedWaitOf,
  type ClassifyContext,
  type ErrorRule,
  type Failure,
  type VerdictOfRule,
} from '@api-key-fallback/core/adapter';
import { bucketOfLimit } from './youtube-buckets.ts';

/** Daily quotas reset at midnight there: https://developers.google.com/youtube/v3/getting-started#quota */
export const quotaTimeZone = 'America/Los_Angeles';

// `details[].reason` of a response.
const reasonsOfDetails = {
  source: 'https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto',
  evidence: 'documented',
} as const;
// `errors[0].reason` of older responses.
const reasonsOfErrors = {
  source: 'https://developers.google.com/youtube/v3/docs/errors',
  evidence: 'documented',
} as const;

const invalidKey = { kind: 'invalid-key', scope: 'key' } as const;
const notEnabled = { kind: 'invalid-key', scope: 'group', recheckAfterMs: 600_000 } as const;

// Google uses each of these for limits per minute and per day.
const limitReasons = [
  'quotaExceeded',
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'dailyLimitExceeded',
  'limitExceeded',
  'servingLimitExceeded',
];

/** YouTube's errors; the first match wins. Most of them have status 403. */
export const youtubeErrorRules: readonly ErrorRule[] = [
  // API_KEY_INVALID comes with status 400, also for expired keys: https://github.com/trizen/youtube-viewer/issues/308
  { codes: [/^API_KEY_[A-Z_]+$/], judgement: invalidKey, ...reasonsOfDetails },
  {
    codes: ['CONSUMER_SUSPENDED', 'CONSUMER_INVALID', 'GCP_SUSPENDED', 'USER_PROJECT_DENIED'],
    judgement: { kind: 'invalid-key', scope: 'group' },
    ...reasonsOfDetails,
  },
  // The response says that enabling the API takes a few minutes.
  {
    codes: ['SERVICE_DISABLED'],
    judgement: notEnabled,
    source: 'https://github.com/rasguanabana/ytfs/issues/31',
    evidence: 'observed',
  },
  {
    codes: ['BILLING_DISABLED'],
    judgement: { kind: 'quota-exhausted', scope: 'group', recheckAfterMs: 3_600_000 },
    ...reasonsOfDetails,
  },
  { codes: ['keyInvalid', 'keyExpired', 'ipRefererBlocked'], judgement: invalidKey, ...reasonsOfErrors },
  { codes: ['accessNotConfigured'], judgement: notEnabled, ...reasonsOfErrors },
  // An exhausted daily bucket has the status and the reason of a rate limit; only the named window tells them apart.
  {
    codes: limitReasons,
    judgement: judgeLimit,
    source: 'https://github.com/fqscfqj/Y2A-Auto/issues/124',
    evidence: 'observed',
  },
  { codes: ['RATE_LIMIT_EXCEEDED'], reason: 'rateLimitExceeded', judgement: judgeLimit, ...reasonsOfDetails },
  { statuses: [429], reason: 'rateLimitExceeded', judgement: judgeLimit, ...reasonsOfErrors },
  // Also 401: an API key never gets one about itself. The request needs OAuth.
  {
    when: ({ status = 500 }) => status < 500 && status !== 408,
    judgement: { kind: 'caller-error' },
    ...reasonsOfErrors,
  },
];

function judgeLimit(failure: Failure, { now }: ClassifyContext): VerdictOfRule {
  const { detail, codes, message } = failure;
  const limit = googleMetadata(failure, 'quota_limit');
  const violations = violationsIn(failure);
  const window = windowOf(limit) ?? longestWindowOf(violations) ?? windowOf(message);
  const bucket = bucketOfLimit(limit, googleMetadata(failure, 'quota_metric'), ...violations, message);
  const isOfDomain = readField(detail, 'errors', 0, 'domain') === 'youtube.quota';
  const isDaily = window === undefined && (codes.includes('dailyLimitExceeded') || isOfDomain);
  if (window === 'day' || isDaily) {
    // The project has no quota for this at all. Waiting does not help; the reason tells the operator.
    const reason = googleMetadata(failure, 'quota_limit_value') === '0' ? { reason: 'noQuota' } : {};
    return { kind: 'quota-exhausted', scope: 'group', ...reason, bucket, resetsAtMs: nextMidnight(now, quotaTimeZone) };
  }
  const ofBucket = window === undefined ? {} : { bucket };
  return { kind: 'rate-limited', scope: 'group', ...ofBucket, ...statedWait(statedWaitOf(failure, now) ?? 60_000) };
}

const windows = [
  { length: 'minute', pattern: /per[ _-]?(?:\d+[ _-]?)?(?:second|minute)/i },
  { length: 'day', pattern: /per[ _-]?day/i },
] as const;

type Window = (typeof windows)[number]['length'];

/** Returns the window that the id or the message of a limit names: `PerMinute`, `per 100 seconds`, `PerDay` and so on. */
function windowOf(text: string): Window | undefined {
  return windows.find(({ pattern }) => pattern.test(text))?.length;
}

function longestWindowOf(texts: readonly string[]): Window | undefined {
  const named = texts.map(windowOf);
  return named.includes('day') ? 'day' : named.find((window) => window !== undefined);
}

/** What a QuotaFailure says: https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto */
function violationsIn({ detail }: Failure): readonly string[] {
  const violations = readList(detail, 'details').flatMap((entry) => readList(entry, 'violations'));
  return violations
    .flatMap((violation) => ['quotaId', 'quotaMetric', 'description'].map((name) => readField(violation, name)))
    .filter((text) => typeof text === 'string');
}

/** Returns the Cloud project that a failure names in its details or its message. Keys of one project share its quota. */
export function projectOf(failure: Failure): string | undefined {
  const number = /\bproject_number:(\d+)\b/.exec(failure.message)?.[1];
  return googleProjectOf(failure) ?? (number === undefined ? undefined : `projects/${number}`);
}
