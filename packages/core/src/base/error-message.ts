import { util } from './node-builtins.ts';
import { readField } from './read-field.ts';
import { maxText, redactor } from './redaction.ts';
import { safeCopy } from './safe-copy.ts';

const maxMessageLength = 300;
// Matches all white space except a single space. Most messages contain none, so nothing is replaced.
const extraSpace = /[^\S ]\s*| \s+/g;

function messageOf(error: unknown): string {
  const message = readField(error, 'message');
  if (typeof message === 'string') return message;
  if (typeof error === 'string') return error;
  const copy = safeCopy(error, { values: 20, text: 2 * maxMessageLength });
  return typeof copy === 'string' ? copy : util.inspect(copy, { depth: 1, breakLength: Infinity });
}

/** Returns the provider's text in a message that is a whole JSON body, as those of Anthropic's and Google's clients are. */
function providerText(message: string, depth = 2): string {
  const json = message.replace(/^\d{3} (?=\{)/, '');
  if (!json.startsWith('{') || depth === 0) return message;
  try {
    const body: unknown = JSON.parse(json);
    const text = readField(body, 'error', 'message') ?? readField(body, 'message');
    return typeof text === 'string' && text.trim() !== '' ? providerText(text, depth - 1) : message;
  } catch {
    return message;
  }
}

/**
 * Returns an error's message as one redacted line of at most 300 characters.
 *
 * Some clients prefix the provider's message with the status; that prefix is removed. Of a message that is
 * a JSON body, only the provider's text is kept.
 *
 * @example
 * log.warn(`The channel slack fails: ${errorMessage(error)}`);
 */
export function errorMessage(error: unknown): string {
  // Cut in steps, each before more work, because a message can be a page of megabytes.
  const message = providerText(messageOf(error).slice(0, maxText))
    .trimStart()
    .slice(0, 10 * maxMessageLength);
  const line = redactor.redact(
    message
      .replaceAll(extraSpace, ' ')
      .trim()
      .slice(0, 2 * maxMessageLength),
  );
  const status = readField(error, 'status');
  const text = typeof status === 'number' && line.startsWith(`${status} `) ? line.slice(`${status} `.length) : line;
  return text.length > maxMessageLength ? `${text.slice(0, maxMessageLength)}…` : text;
}
