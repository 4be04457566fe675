import { InvalidOptionsError } from '@api-key-fallback/core';

/** What is known of the URLs of a channel. */
export interface UrlRules {
  /** The function that makes the channel, for error messages. */
  readonly of: string;
  /** What a URL looks like. */
  readonly example: string;
  /** Whether who knows the URL can write to the channel, so that it must not travel in plain text. */
  readonly isSecret: boolean;
}

/**
 * `undefined` is a variable of the environment that is not set.
 *
 * @throws InvalidOptionsError unless this is a URL that a channel can use. The message does not show it, because it can be a secret.
 */
export function readWebhookUrl(url: string | URL | undefined, { of, example, isSecret }: UrlRules): URL {
  const parsed = URL.parse(String(url));
  const fail = (mistake: string): never => {
    throw new InvalidOptionsError(`The URL of ${of}() ${mistake}. Write ${of}('${example}').`);
  };
  if (url === undefined) return fail('is undefined: its environment variable is not set');
  if (typeof url !== 'string' && !(url instanceof URL)) return fail('must be a text');
  if (!parsed) return fail('is not a whole URL');
  if (!['http:', 'https:'].includes(parsed.protocol)) return fail('must begin with https://');
  if (parsed.username || parsed.password) return fail('must not contain a user name or password');
  if (isSecret && parsed.protocol === 'http:' && !isLoopback(parsed)) {
    return fail('must begin with https://, because it is a secret');
  }
  return parsed;
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}
