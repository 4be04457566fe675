import { InvalidOptionsError } from '../base/errors.ts';
import { parseJson } from '../base/parse-json.ts';
import type { ApiKeyInput } from '../pool/check-api-keys.ts';

/**
 * Reads the keys of a text: one a line, a JSON list of texts or of `{ key, label, … }`, or a JSON object of names and keys, as secret
 * managers keep them. Empty lines and those that begin with `#` are skipped.
 *
 * @param name Says in errors which text it is. @default 'The text'
 * @throws InvalidOptionsError for other JSON, and for JSON that is cut off; the message shows nothing of the text.
 * @example
 * const source = { name: 'vault', load: async () => parseKeys(await readSecret('openai')) };
 */
export function parseKeys(text: string, name: string = 'The text'): ApiKeyInput[] {
  const trimmed = text.trim();
  // `jq -r` prints null for a field that a secret does not have.
  if (/^(?:null|undefined)\s*$/m.test(trimmed)) {
    throw new InvalidOptionsError(
      `${name} has a line that is null or undefined instead of a key. Check the field's name.`,
    );
  }
  // Quotes and brackets mean JSON, perhaps cut off. They never occur in a key.
  if (!/["{}[\]]/.test(trimmed)) return trimmed.split(/\r?\n/).filter((line) => !/^\s*(?:#|$)/.test(line));
  const parsed = parseJson(trimmed);
  if (Array.isArray(parsed)) return parsed as ApiKeyInput[];
  const named = Object.entries(typeof parsed === 'object' ? (parsed ?? {}) : {}) as [string, unknown][];
  if (named.length > 0 && named.every(([, key]) => typeof key === 'string')) {
    return named.map(([label, key]) => ({ key: key as string, label }));
  }
  throw new InvalidOptionsError(
    `${name} is neither a key a line nor JSON with keys, such as ["first-key", "second-key"].`,
  );
}
