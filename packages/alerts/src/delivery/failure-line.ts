import { readField, redactKeys } from '@api-key-fallback/core/adapter';

const longestLine = 200;
// Clients write the URL into their messages, and the URL of a webhook is a secret.
const urls = /\b[a-z][a-z\d+.-]*:\/\/\S+/gi;

/** Returns the message of an error as one short line without keys and URLs. */
export function failureLine(error: unknown): string {
  const message = readField(error, 'message');
  const text = typeof message === 'string' && message.trim() !== '' ? message : 'It fails without a message.';
  const line = redactKeys(text.slice(0, 10 * longestLine))
    .replaceAll(urls, '[URL]')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}
