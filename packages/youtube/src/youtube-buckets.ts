// https://developers.google.com/youtube/v3/determine_quota_cost
type YouTubeBucket = 'search.list' | 'videos.insert' | 'default';

/** Returns the quota bucket of an operation. `search.list` and `videos.insert` have one each; everything else shares one. */
export function bucketOfOperation(operation: string): YouTubeBucket {
  return operation === 'search.list' || operation === 'videos.insert' ? operation : 'default';
}

/** Returns the quota bucket of a limit from its id, its metric or the message of the response. */
export function bucketOfLimit(...texts: readonly string[]): YouTubeBucket {
  const text = texts.join(' ');
  if (/search/i.test(text)) return 'search.list';
  // "Video Uploads per day": https://github.com/googleapis/google-api-python-client/issues/2753
  return /videos?[ ._/-]*(?:insert|upload)/i.test(text) ? 'videos.insert' : 'default';
}
