import { checkName, withoutInvisible } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';

/** A key as the application passes it: the string alone, or with a public name and its project or organisation. */
export type ApiKeyInput =
  | string
  | {
      readonly key: string;
      /** A public name for logs and tables, up to 128 characters, for example the variable it came from. */
      readonly label?: string;
      /** Its project or organisation, up to 128 characters. Keys of one group share their quota. */
      readonly group?: string;
    };

export interface ListedApiKey {
  readonly key: string;
  readonly label: string;
  readonly group: string | undefined;
}

const shortestUsualKey = 16;
const longestKey = 4096;
const placeholder = /^(?:your[_-].*|sk-\.*|changeme|x{3,}|todo|<.*>)$/i;

function listed(input: ApiKeyInput, ordinal: number): ListedApiKey {
  if (typeof input === 'string') return { key: input.trim(), label: `key ${ordinal}`, group: undefined };
  const { key } = input ?? {};
  if (typeof key !== 'string') throw new InvalidOptionsError(`Key ${ordinal} is not a string.`);
  const [label, group] = [input.label, input.group].map(withoutInvisible);
  if (label !== undefined) checkName('label', label, `The label of key ${ordinal}`);
  if (group !== undefined) checkName('group', group, `The group of key ${ordinal}`);
  const name = label === undefined || label.includes(key.trim()) ? `key ${ordinal}` : label;
  return { key: key.trim(), label: name, group };
}

function checkCharacters({ key, label }: ListedApiKey): void {
  if (key.length > longestKey) {
    throw new InvalidOptionsError(`${label} has ${key.length} characters. A key has at most ${longestKey}.`);
  }
  if (/\s/.test(key)) throw new InvalidOptionsError(`${label} has white space or a line break inside the key.`);
  // Header values cannot carry anything else.
  if (!/^[\x21-\x7e\xa1-\xff]*$/.test(key)) {
    throw new InvalidOptionsError(`${label} has a character that no HTTP header can carry.`);
  }
}

/**
 * Trims a list of keys and drops empty entries and repeated values. Warns of each repetition by its label.
 *
 * @throws InvalidOptionsError for a key with white space or control characters inside or more than 4096 characters, whose label is
 * in the message, and for an invalid label or group.
 */
export function checkApiKeys(inputs: readonly ApiKeyInput[], warn: (text: string) => void): ListedApiKey[] {
  if (!Array.isArray(inputs))
    throw new InvalidOptionsError('The keys must be an array of strings or of { key, label, group }.');
  const byValue = new Map<string, ListedApiKey>();
  for (const [index, input] of inputs.entries()) {
    const entry = listed(input, index + 1);
    if (entry.key === '') continue;
    checkCharacters(entry);
    const first = byValue.get(entry.key);
    if (first) warn(`${entry.label} is the same key as ${first.label} and is ignored`);
    else byValue.set(entry.key, entry);
  }
  return [...byValue.values()];
}

/** Whether a key looks real: not a placeholder, not too short, and of the provider's pattern if it has one. */
export function looksReal(key: string, pattern: RegExp | undefined): boolean {
  return key.length >= shortestUsualKey && !placeholder.test(key) && (pattern?.test(key) ?? true);
}
