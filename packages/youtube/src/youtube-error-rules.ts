/** A verdict without the group, which is the Cloud project and comes from the response. */
type Judgement =
  | { readonly kind: 'invalid-key'; readonly scope: 'key' | 'group'; readonly recheckAfterMs?: number }
  | { readonly kind: 'quota-exhausted'; readonly scope: 'group'; readonly recheckAfterMs: number };

/** One row of the table. It matches a reason in `details`, or in `errors` of older responses. */
interface Rule {
  readonly in: 'details' | 'errors';
  readonly reason: RegExp;
  readonly judgement: Judgement;
}

const invalidKey = { kind: 'invalid-key', scope: 'key' } as const;
// The response says that enabling the API takes a few minutes: https://github.com/rasguanabana/ytfs/issues/31
const notEnabled = { kind: 'invalid-key', scope: 'group', recheckAfterMs: 600_000 } as const;

/**
 * Reasons that identify a problem with a key, whatever the status; the first match wins.
 *
 * `details`: https://github.com/googleapis/googleapis/blob/master/google/api/error_reason.proto,
 * `errors`: https://developers.google.com/youtube/v3/docs/errors
 */
export const rules: readonly Rule[] = [
  // API_KEY_INVALID comes with status 400, for expired keys too: https://github.com/trizen/youtube-viewer/issues/308
  { in: 'details', reason: /^API_KEY_[A-Z_]+$/, judgement: invalidKey },
  { in: 'details', reason: /^CONSUMER_(?:SUSPENDED|INVALID)$/, judgement: { kind: 'invalid-key', scope: 'group' } },
  { in: 'details', reason: /^SERVICE_DISABLED$/, judgement: notEnabled },
  {
    in: 'details',
    reason: /^BILLING_DISABLED$/,
    judgement: { kind: 'quota-exhausted', scope: 'group', recheckAfterMs: 3_600_000 },
  },
  { in: 'errors', reason: /^(?:keyInvalid|keyExpired|ipRefererBlocked)$/, judgement: invalidKey },
  { in: 'errors', reason: /^accessNotConfigured$/, judgement: notEnabled },
];

/** Reasons of a limit in `errors`. Google uses each of them for limits per minute and per day. */
export const limitReasons: readonly string[] = [
  'quotaExceeded',
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'dailyLimitExceeded',
  'limitExceeded',
  'servingLimitExceeded',
];

const windows = [
  { length: 'minute', pattern: /per[ _-]?(?:\d+[ _-]?)?(?:second|minute)/i },
  { length: 'day', pattern: /per[ _-]?day/i },
] as const;

/** Returns the window of a limit from its id, or else from the message: `PerMinute`, `per 100 seconds`, `PerDay` and so on. */
export function windowOf(quotaLimit: string, message: string): 'minute' | 'day' | undefined {
  const named = [quotaLimit, message].flatMap((text) => windows.filter(({ pattern }) => pattern.test(text)));
  return named[0]?.length;
}

export type YouTubeBucket = 'search.list' | 'videos.insert' | 'default';

/** Returns the quota bucket of an operation: https://developers.google.com/youtube/v3/determine_quota_cost */
export function bucketOfOperation(operation: string): YouTubeBucket {
  return operation === 'search.list' || operation === 'videos.insert' ? operation : 'default';
}

/**
 * Returns the quota bucket of a limit. `search.list` and `videos.insert` have one each; everything else shares one.
 *
 * https://developers.google.com/youtube/v3/determine_quota_cost
 */
export function bucketOf(...texts: readonly string[]): YouTubeBucket {
  const text = texts.join(' ');
  if (/search/i.test(text)) return 'search.list';
  return /videos?[ ._/-]*insert/i.test(text) ? 'videos.insert' : 'default';
}
