import { util } from './node-builtins.ts';
import { readField } from './read-field.ts';
import { redactor } from './redaction.ts';

const longestMessage = 300;
// Whatever is not a single space: most messages have none of it.
const wideSpace = /[^\S ]\s*| \s+/g;

function messageOf(error: unknown): string {
  const message = readField(error, 'message');
  if (typeof message === 'string') return message;
  if (typeof error === 'string') return error;
  try {
    return util.inspect(error, { depth: 1, breakLength: Infinity });
  } catch {
    return 'something that cannot be shown';
  }
}

/** What an error says, in one redacted line; without the status that some clients write before the provider's words. */
export function errorMessage(error: unknown): string {
  const line = redactor.redact(messageOf(error)).replaceAll(wideSpace, ' ').trim();
  const status = readField(error, 'status');
  const words = typeof status === 'number' && line.startsWith(`${status} `) ? line.slice(`${status} `.length) : line;
  return words.length > longestMessage ? `${words.slice(0, longestMessage)}…` : words;
}
