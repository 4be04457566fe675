import type { youtube_v3 } from '@googleapis/youtube';

type ErrorRedactor = Exclude<youtube_v3.Options['errorRedactor'], false | undefined>;

interface RequestConfig {
  readonly url: URL;
  readonly headers: Headers;
  params?: Record<string, unknown>;
}

const mask = '[redacted]';
const secretHeaders = ['x-goog-api-key', 'authorization'];
const secretParameters = ['key', 'access_token'];

function redactConfig({ url, headers, params = {} }: RequestConfig): void {
  for (const name of secretHeaders) if (headers.has(name)) headers.set(name, mask);
  for (const name of secretParameters) {
    if (url.searchParams.has(name)) url.searchParams.set(name, mask);
    if (name in params) params[name] = mask;
  }
}

/** Removes the key from an error of Google's client, which attaches the whole request to its errors. */
export const redactYouTubeError: ErrorRedactor = (data) => {
  if (data.config) redactConfig(data.config);
  if (data.response?.config) redactConfig(data.response.config);
  return data;
};
