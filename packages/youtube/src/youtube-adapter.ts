import { clientRequest, defineAdapter, probeRequest, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import type { youtube_v3 } from '@googleapis/youtube';
import { classifyYouTubeError, projectOfError } from './classify-youtube-error.ts';
import { quotaUnits, youtubeLimits } from './quota-units.ts';
import { redactYouTubeError } from './redact-youtube-error.ts';
import { bucketOfOperation } from './youtube-buckets.ts';
import { quotaTimeZone } from './youtube-error-rules.ts';

// `auth: key` puts the key into the URL, and so into error messages and access logs. Google accepts this header instead:
// https://cloud.google.com/docs/authentication/api-keys-use
const keyHeader = 'x-goog-api-key';

/** Options of `youtube()` for the clients of `inject: 'client'`, for example `rootUrl`, or `timeout` in ms. */
export type YouTubeClientOptions = Omit<
  youtube_v3.Options,
  'version' | 'auth' | 'retry' | 'retryConfig' | 'errorRedactor' | 'maxRedirects'
>;

async function createClient(secret: string, options: YouTubeClientOptions = {}): Promise<youtube_v3.Youtube> {
  // Importing the client library costs about 0.1 s and 25 MB, and `inject: 'key'` never needs it.
  const { youtube } = await import('@googleapis/youtube');
  const settings: youtube_v3.Options = {
    ...options,
    version: 'v3',
    headers: { ...Object.fromEntries(new Headers(options.headers)), [keyHeader]: secret },
    retry: false,
    // A redirect would send the key to another host.
    maxRedirects: 0,
    errorRedactor: redactYouTubeError,
  };
  delete settings.auth;
  delete settings.retryConfig;
  return youtube(settings);
}

function authorize(request: Request, secret: string): Request {
  request.headers.set(keyHeader, secret);
  const url = new URL(request.url);
  if (!url.searchParams.has('key')) return request;
  url.searchParams.delete('key');
  return new Request(url, request);
}

/** The cheapest request, 1 unit: https://developers.google.com/youtube/v3/determine_quota_cost. The video need not exist. */
function listOneVideo({ rootUrl, headers }: YouTubeClientOptions): Request {
  return clientRequest(rootUrl || 'https://youtube.googleapis.com', 'youtube/v3/videos', {
    query: { part: 'id', id: 'jNQXAC9IVRw' },
    // A key can be restricted to a referrer, which the client then sends.
    headers: [headers],
  });
}

/**
 * The adapter for the YouTube Data API: classifies errors of `@googleapis/youtube`, creates clients and knows quota costs.
 *
 * `YouTubeKeyManager` uses it already; import it to write an adapter that differs in a few members.
 *
 * @example
 * const quietAdapter = defineAdapter({ ...youtubeAdapter, displayName: 'YouTube Data API' });
 * registry.register(new ApiKeyManager(quietAdapter, loadApiKeys(quietAdapter.env)));
 */
export const youtubeAdapter: ProviderAdapter<youtube_v3.Youtube> = defineAdapter<youtube_v3.Youtube>({
  name: 'youtube',
  displayName: 'YouTube',
  env: 'YOUTUBE_API_KEY',
  keyPattern: /^AIza/,
  classifyError: classifyYouTubeError,
  createClient,
  authorize,
  probe(secret, context) {
    const request = listOneVideo(context.clientOptions ?? {});
    return probeRequest(this, secret, request, { ...context, operation: 'videos.list' });
  },
  groupOf: projectOfError,
  bucketOf: bucketOfOperation,
  unitsOf: quotaUnits,
  limits: youtubeLimits,
  timeZone: quotaTimeZone,
});
