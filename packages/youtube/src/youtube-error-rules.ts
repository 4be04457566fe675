/** What a reason says; the group is the Cloud project. */
type Judgement =
  | { readonly kind: 'invalid-key'; readonly scope: 'key' | 'group'; readonly recheckAfterMs?: number }
  | { readonly kind: 'quota-exhausted'; readonly scope: 'group'; readonly recheckAfterMs: number };

/** A row of the table: it applies when the answer gives such a reason, in `details` or (older answers) in `errors`. */
interface Rule {
  readonly in: 'details' | 'errors';
  readonly reason: RegExp;
  readonly judgement: Judgement;
}

const invalidKey = { kind: 'invalid-key', scope: 'key' } as const;
// The API may have been enabled minutes ago, says the answer: https://github.com/rasguanabana/ytfs/issues/31
const notEnabled = { kind: 'invalid-key', scope: 'group', recheckAfterMs: 600_000 } as const;

/**
 * The reasons that tell what is wrong with a key, whatever the status; the first match wins.
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

/** The reasons of a limit in `errors`. Each is used for limits per minute and per day alike. */
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

/** The window of a limit, as its id or else the message names it; from `PerMinute`, `per 100 seconds`, `PerDay` and so on. */
export function windowOf(quotaLimit: string, message: string): 'minute' | 'day' | undefined {
  const named = [quotaLimit, message].flatMap((text) => windows.filter(({ pattern }) => pattern.test(text)));
  return named[0]?.length;
}

export type YouTubeBucket = 'search.list' | 'videos.insert' | 'default';

/** The bucket that an operation draws on: https://developers.google.com/youtube/v3/determine_quota_cost */
export function bucketOfOperation(operation: string): YouTubeBucket {
  return operation === 'search.list' || operation === 'videos.insert' ? operation : 'default';
}

/**
 * The quota bucket that a limit belongs to; `search.list` and `videos.insert` have one each, everything else shares one.
 *
 * https://developers.google.com/youtube/v3/determine_quota_cost
 */
export function bucketOf(...texts: readonly string[]): YouTubeBucket {
  const text = texts.join(' ');
  if (/search/i.test(text)) return 'search.list';
  return /videos?[ ._/-]*insert/i.test(text) ? 'videos.insert' : 'default';
}
