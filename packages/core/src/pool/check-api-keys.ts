import { checkName, shortened, shown, shownKind, withoutInvisible } from '../base/check-arguments.ts';
import { didYouMean } from '../base/check-option-names.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { checkKeyLimits, type KeyLimits } from '../provider/key-limits.ts';

/** A key as the application passes it: the string alone, or with a public name and its project or organisation. */
export type ApiKeyInput =
  | string
  | {
      readonly key: string;
      /** A public name for logs and tables, up to 128 characters, for example the variable it came from. */
      readonly label?: string;
      /** Its project or organisation, up to 128 characters. Keys of one group share their quota. */
      readonly group?: string;
      /**
       * A stable name of the account's place, up to 128 characters. A new key in the slot of a removed one inherits what belongs to
       * the account: group, limits, and an operator's `disable()`. @default the label, if no other key has it
       */
      readonly slot?: string;
      /**
       * Its share of the calls with `strategy: 'weighted'`, from 0; 0 is a standby: with any strategy it is used only when no other key
       * can be used. @default 1
       */
      readonly weight?: number;
      /** Its limits, each in place of that of the manager. @default the manager's `limits` */
      readonly limits?: KeyLimits;
    };

export interface ListedApiKey {
  readonly key: string;
  /** `undefined` for a key that is named by its position. */
  readonly label: string | undefined;
  readonly group: string | undefined;
  readonly slot: string | undefined;
  readonly weight?: number;
  readonly limits?: KeyLimits;
}

const shortestUsualKey = 16;
const longestKey = 4096;
const placeholder = /^(?:your[_-].*|sk-\.*|changeme|x{3,}|todo|<.*>)$/i;

const fields = ['key', 'label', 'group', 'slot', 'weight', 'limits'] as const;

/** @throws InvalidOptionsError for anything but a list. A text is not shown, because it is a key. */
function checkIsList(inputs: unknown): asserts inputs is readonly ApiKeyInput[] {
  if (Array.isArray(inputs)) return;
  const kind = shownKind(inputs);
  const instead = insteadOf[kind] ?? '';
  throw new InvalidOptionsError(
    `The keys must be an array of strings or of { key, label, group }; the value is ${kind}.${instead}`,
  );
}

/** What to write in place of a list of the wrong kind. */
const insteadOf: Readonly<Record<string, string>> = {
  'of type string': " Put a single key into a list, [key], and split a text of several ones, text.split(',').",
  undefined: ' For the keys of the environment use the fromEnv() of the class, or loadApiKeys(name).',
  'of type object': ' A Set becomes a list with [...keys], and options come after the list.',
  'a function': " Call it first: loadApiKeys('OPENAI_API_KEY').",
};

function notAKey(ordinal: number, value: unknown): InvalidOptionsError {
  const why =
    value === undefined
      ? 'Is the variable set that it comes from? To skip it, pass an empty text: process.env.NAME ?? ""'
      : 'Write the key as a string, or { key, label, group }';
  return new InvalidOptionsError(`Key ${ordinal} is not a string: it is ${shownKind(value)}. ${why}.`);
}

function listed(input: ApiKeyInput, ordinal: number): ListedApiKey {
  if (typeof input === 'string') return { key: input.trim(), label: undefined, group: undefined, slot: undefined };
  if (shownKind(input) !== 'of type object') throw notAKey(ordinal, input);
  const unknown = Object.keys(input).find((name) => !(fields as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new InvalidOptionsError(
      `Key ${ordinal} has an unknown field "${shortened(unknown)}".${didYouMean(unknown, fields)} Known: ${fields.join(', ')}.`,
    );
  }
  const { key } = input;
  if (typeof key !== 'string') throw notAKey(ordinal, key);
  const [label, group, slot] = [input.label, input.group, input.slot].map(withoutInvisible);
  if (label !== undefined) checkName('label', label, `The label of key ${ordinal}`);
  if (group !== undefined) checkName('group', group, `The group of key ${ordinal}`);
  if (slot !== undefined) checkName('slot', slot, `The slot of key ${ordinal}`);
  const { weight, limits } = input;
  if (weight !== undefined && !(Number.isFinite(weight) && weight >= 0)) {
    throw new InvalidOptionsError(`The weight of key ${ordinal} must be a number from 0; it is ${shown(weight)}.`);
  }
  if (limits !== undefined) checkKeyLimits(`limits of key ${ordinal}`, limits);
  const trimmed = key.trim();
  const isShown = trimmed !== '' && label?.includes(trimmed) === true;
  const own = { ...(limits === undefined ? {} : { limits }), ...(weight === undefined ? {} : { weight }) };
  return { key: trimmed, label: isShown ? undefined : label, group, slot, ...own };
}

function checkCharacters(key: string, label: string): void {
  if (/^(["'`]).*\1$/s.test(key)) throw new InvalidOptionsError(`${label} is in quotes. Remove them from the key.`);
  if (/^bearer\s/i.test(key)) throw new InvalidOptionsError(`${label} begins with "Bearer". Pass the key without it.`);
  if (key.length > longestKey) {
    throw new InvalidOptionsError(`${label} has ${key.length} characters. A key has at most ${longestKey}.`);
  }
  if (/\s/.test(key)) {
    throw new InvalidOptionsError(
      `${label} has white space or a line break inside the key. Write one key in one line, and several ones as a list.`,
    );
  }
  // Header values cannot carry anything else.
  if (!/^[\x21-\x7e\xa1-\xff]*$/.test(key)) {
    throw new InvalidOptionsError(
      `${label} has a character that no HTTP header can carry. Put the key itself in the place of a placeholder, or copy it again.`,
    );
  }
}

/**
 * Trims a list of keys and drops empty entries and repeated values. Warns of each repetition by its label.
 *
 * @throws InvalidOptionsError for a key with white space or control characters inside or more than 4096 characters, whose label is
 * in the message, and for an invalid label or group.
 */
export function checkApiKeys(inputs: readonly ApiKeyInput[], warn: (text: string) => void): ListedApiKey[] {
  checkIsList(inputs);
  const byValue = new Map<string, ListedApiKey>();
  const labels = new Map<string, string>();
  for (const [index, input] of inputs.entries()) {
    const entry = listed(input, index + 1);
    if (entry.key === '') continue;
    const label = entry.label ?? `key ${index + 1}`;
    checkCharacters(entry.key, label);
    if (entry.key.includes(',')) warn(`${label} contains a comma; a list needs one entry for each key`);
    const first = labels.get(entry.key);
    if (first !== undefined) {
      warn(`${label} is the same key as ${first} and is ignored`);
      continue;
    }
    labels.set(entry.key, label);
    byValue.set(entry.key, entry);
  }
  return [...byValue.values()];
}

/** Whether a key looks real: not a placeholder, not too short, and of the provider's pattern if it has one. */
export function looksReal(key: string, pattern: RegExp | undefined): boolean {
  return key.length >= shortestUsualKey && !placeholder.test(key) && (pattern?.test(key) ?? true);
}
