import { errorMessage, readField } from '@api-key-fallback/core/adapter';

const longestLine = 200;
// Clients write the URL into their messages, and the URL of a webhook is a secret.
const urls = /\b[a-z][a-z\d+.-]*:\/\/\S+/gi;

/** Returns the message of an error as one short line without keys and URLs. */
export function failureLine(error: unknown): string {
  // The fields of an error without a message can be those of a request.
  const hasText = typeof (readField(error, 'message') ?? error) === 'string';
  const line = hasText ? errorMessage(error).replaceAll(urls, '[URL]') : '';
  if (line === '') return 'It fails without a message.';
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}
