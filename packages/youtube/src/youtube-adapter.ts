import { defineAdapter, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import type { youtube_v3 } from '@googleapis/youtube';
import { classifyYouTubeError, projectOfError } from './classify-youtube-error.ts';
import { quotaUnits } from './quota-units.ts';
import { redactYouTubeError } from './redact-youtube-error.ts';
import { bucketOfOperation } from './youtube-error-rules.ts';

// With `auth: key` the key is in the URL, and so in error messages and access logs. The header is Google's equal:
// https://cloud.google.com/docs/authentication/api-keys-use
const keyHeader = 'x-goog-api-key';

/** Options of the clients that are made for the keys, for example `rootUrl` or `timeout`. */
export type YouTubeClientOptions = Omit<
  youtube_v3.Options,
  'version' | 'auth' | 'retry' | 'retryConfig' | 'errorRedactor' | 'maxRedirects'
>;

async function createClient(secret: string, options: YouTubeClientOptions = {}): Promise<youtube_v3.Youtube> {
  // Importing it takes about 0.1 s and 25 MB, and whoever injects keys brings a client along.
  const { youtube } = await import('@googleapis/youtube');
  const settings: youtube_v3.Options = {
    ...options,
    version: 'v3',
    headers: { ...Object.fromEntries(new Headers(options.headers)), [keyHeader]: secret },
    retry: false,
    // A redirect would take the header to another host.
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

/** What the fallback loop knows about YouTube: how to judge its errors and how to make a client for a key. */
export const youtubeAdapter: ProviderAdapter<youtube_v3.Youtube> = defineAdapter<youtube_v3.Youtube>({
  name: 'youtube',
  displayName: 'YouTube',
  env: 'YOUTUBE_API_KEY',
  keyPattern: /^AIza/,
  classifyError: classifyYouTubeError,
  createClient,
  authorize,
  groupOf: projectOfError,
  bucketOf: bucketOfOperation,
  unitsOf: quotaUnits,
  timeZone: 'America/Los_Angeles',
});
