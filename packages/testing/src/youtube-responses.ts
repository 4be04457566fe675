import { googleErrorBody } from './google-error-body.ts';
import type { YouTubeResponseName, RecordedResponseEntry } from './recorded-response.ts';

const json = { 'content-type': 'application/json; charset=UTF-8' };
const service = { service: 'youtube.googleapis.com' };
const project = { ...service, consumer: 'projects/123456789012' };
const errorReference = 'https://developers.google.com/youtube/v3/docs/errors';
const standardReasons = 'Google APIs, standard usageLimits reasons';
const standardBody = 'Google APIs, standard body';
const invalidKey = { kind: 'invalid-key', scope: 'key' } as const;
const providerTrouble = { kind: 'transient', scope: 'provider' } as const;
const perMinute = { kind: 'rate-limited', scope: 'project', retryAfterMs: 60_000 } as const;
const noAnswer = { status: 0, headers: {}, body: null } as const;
const callerError = { kind: 'caller-error' } as const;

/** YouTube's error responses by name. */
export const youtubeResponses: Readonly<Record<YouTubeResponseName, RecordedResponseEntry>> = {
  // Status 400 with reason "badRequest": only `details[].reason` identifies the key as the cause. Expired keys get it too.
  api_key_invalid: {
    status: 400,
    headers: json,
    body: googleErrorBody(400, 'API key not valid. Please pass a valid API key.', 'badRequest', {
      status: 'INVALID_ARGUMENT',
      info: { reason: 'API_KEY_INVALID', metadata: service },
    }),
    expected: invalidKey,
    evidence: 'observed',
    source: 'https://github.com/trizen/youtube-viewer/issues/308',
  },
  // No key reached Google: a mistake in the call, not an invalid key.
  missing_key: {
    status: 403,
    headers: json,
    body: googleErrorBody(
      403,
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
      'forbidden',
      { status: 'PERMISSION_DENIED' },
    ),
    expected: callerError,
    evidence: 'observed',
    source: 'https://github.com/rohitkhatri/youtube-python/issues/9',
  },
  // search.list and videos.insert have their own buckets and may still work.
  quota_exceeded_daily_units: {
    status: 403,
    headers: json,
    body: googleErrorBody(
      403,
      'The request cannot be completed because you have exceeded your <a href="/youtube/v3/getting-started#quota">quota</a>.',
      'quotaExceeded',
      { domain: 'youtube.quota' },
    ),
    expected: { kind: 'quota-exhausted', scope: 'project', bucket: 'default', resets: 'midnight:America/Los_Angeles' },
    evidence: 'observed',
    source: 'https://github.com/googleapis/google-api-php-client/issues/2055',
  },
  // Looks like a rate limit but is daily: only `quota_limit` and "per day" in the message show it.
  search_bucket_daily_429: {
    status: 429,
    headers: json,
    body: googleErrorBody(
      429,
      "Quota exceeded for quota metric 'Search Queries' and limit 'Search Queries per day' of service 'youtube.googleapis.com' for consumer 'project_number:123456789012'.",
      'rateLimitExceeded',
      {
        status: 'RESOURCE_EXHAUSTED',
        info: {
          reason: 'RATE_LIMIT_EXCEEDED',
          metadata: {
            ...project,
            quota_limit: 'defaultSearchListPerDayPerProject',
            quota_unit: '1/d/{project}',
            quota_metric: 'youtube.googleapis.com/search_list',
            quota_location: 'global',
            quota_limit_value: '100',
          },
        },
      },
    ),
    expected: {
      kind: 'quota-exhausted',
      scope: 'project',
      bucket: 'search.list',
      resets: 'midnight:America/Los_Angeles',
    },
    evidence: 'observed',
    source: 'https://github.com/fqscfqj/Y2A-Auto/issues/124',
  },
  user_rate_limit_403: {
    status: 403,
    headers: json,
    body: googleErrorBody(403, 'User Rate Limit Exceeded', 'userRateLimitExceeded', { domain: 'usageLimits' }),
    expected: perMinute,
    evidence: 'documented',
    source: standardReasons,
  },
  rate_limit_403: {
    status: 403,
    headers: json,
    body: googleErrorBody(403, 'Rate Limit Exceeded', 'rateLimitExceeded', { domain: 'usageLimits' }),
    expected: perMinute,
    evidence: 'documented',
    source: standardReasons,
  },
  // The API is not enabled in the project, or was enabled only minutes ago.
  service_disabled: {
    status: 403,
    headers: json,
    body: googleErrorBody(
      403,
      'YouTube Data API v3 has not been used in project 123456789012 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/youtube.googleapis.com/overview?project=123456789012 then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.',
      'accessNotConfigured',
      {
        domain: 'usageLimits',
        status: 'PERMISSION_DENIED',
        entry: { extendedHelp: 'https://console.developers.google.com' },
        info: { reason: 'SERVICE_DISABLED', metadata: project },
      },
    ),
    expected: { kind: 'invalid-key', scope: 'project', recheckAfterMs: 600_000 },
    evidence: 'observed',
    source: 'https://github.com/rasguanabana/ytfs/issues/31',
  },
  // The reason in `errors` is the generic "forbidden"; `details[].reason` is specific.
  api_key_service_blocked: {
    status: 403,
    headers: json,
    body: googleErrorBody(
      403,
      'Requests to this API youtube method youtube.api.v3.V3DataSearchService.List are blocked.',
      'forbidden',
      { status: 'PERMISSION_DENIED', info: { reason: 'API_KEY_SERVICE_BLOCKED', metadata: project } },
    ),
    expected: invalidKey,
    evidence: 'observed',
    source: 'https://github.com/dmunozv04/iSponsorBlockTV/pull/34',
  },
  ip_blocked: {
    status: 403,
    headers: json,
    body: googleErrorBody(
      403,
      'The provided API key has an IP address restriction. The originating IP address of the call (203.0.113.7) violates this restriction.',
      'forbidden',
      { status: 'PERMISSION_DENIED', info: { reason: 'API_KEY_IP_ADDRESS_BLOCKED', metadata: project } },
    ),
    expected: invalidKey,
    evidence: 'documented',
    source: 'google.api.ErrorReason',
  },
  // A common 403 about one video. Falling over would waste every key on it.
  comments_disabled: {
    status: 403,
    headers: json,
    body: googleErrorBody(
      403,
      'The video identified by the <code><a href="/youtube/v3/docs/commentThreads/list#videoId">videoId</a></code> parameter has disabled comments.',
      'commentsDisabled',
      { domain: 'youtube.commentThread', entry: { location: 'videoId', locationType: 'parameter' } },
    ),
    expected: callerError,
    evidence: 'observed',
    source: 'https://github.com/alaouy/YouTube/issues/176',
  },
  video_not_found: {
    status: 404,
    headers: json,
    body: googleErrorBody(
      404,
      'The video identified by the <code><a href="/youtube/v3/docs/commentThreads/list#videoId">videoId</a></code> parameter could not be found.',
      'videoNotFound',
      { domain: 'youtube.commentThread', entry: { location: 'videoId', locationType: 'parameter' } },
    ),
    expected: callerError,
    evidence: 'observed',
    source: errorReference,
  },
  playlist_not_found: {
    status: 404,
    headers: json,
    body: googleErrorBody(
      404,
      "The playlist identified with the request's <code>playlistId</code> parameter cannot be found.",
      'playlistNotFound',
      { domain: 'youtube.playlistItem', entry: { location: 'playlistId', locationType: 'parameter' } },
    ),
    expected: callerError,
    evidence: 'documented',
    source: errorReference,
  },
  invalid_page_token: {
    status: 400,
    headers: json,
    body: googleErrorBody(400, 'The request specifies an invalid page token.', 'invalidPageToken', {
      domain: 'youtube.parameter',
      entry: { location: 'pageToken', locationType: 'parameter' },
    }),
    expected: callerError,
    evidence: 'documented',
    source: errorReference,
  },
  missing_required_parameter: {
    status: 400,
    headers: json,
    body: googleErrorBody(400, 'No filter selected. Expected one of: id, chart, myRating', 'missingRequiredParameter', {
      domain: 'youtube.parameter',
      entry: { location: 'parameters.', locationType: 'other' },
    }),
    expected: callerError,
    evidence: 'observed',
    source: errorReference,
  },
  backend_error_500: {
    status: 500,
    headers: json,
    body: googleErrorBody(500, 'Internal error encountered.', 'backendError', { status: 'INTERNAL' }),
    expected: providerTrouble,
    evidence: 'documented',
    source: standardBody,
  },
  unavailable_503: {
    status: 503,
    headers: json,
    body: googleErrorBody(503, 'The service is currently unavailable.', 'backendError', { status: 'UNAVAILABLE' }),
    expected: providerTrouble,
    evidence: 'documented',
    source: standardBody,
  },
  // The cause looks like an abort; only the error's code identifies it.
  timeout: {
    ...noAnswer,
    transport: 'hang',
    expected: providerTrouble,
    evidence: 'measured',
    source: 'gaxios 8.3: code "TimeoutError", cause.name "AbortError"',
  },
  user_abort: {
    ...noAnswer,
    transport: 'abort',
    expected: callerError,
    evidence: 'measured',
    source: 'gaxios 8.3: code "AbortError"',
  },
};
