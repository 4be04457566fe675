import { InvalidOptionsError } from './errors.ts';
import { util } from './node-builtins.ts';
import { readField } from './read-field.ts';
import { redactor } from './redaction.ts';

const longestShown = 60;
// Control characters, line separators, and halves of characters, which no encoding can carry.
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu;
// They change what people read without a trace: they reverse the order, or make two names look the same. Joiners and selectors of
// variants are left, because emoji and the scripts of several languages need them.
const invisible = /\p{Bidi_Control}|(?!\p{Join_Control}|\p{Variation_Selector})\p{Default_Ignorable_Code_Point}/gu;

/** Removes characters that cannot be seen from a text; returns any other value as it is. */
export function withoutInvisible<T>(value: T): T | string {
  return typeof value === 'string' ? value.replaceAll(invisible, '') : value;
}

function redactedStart(text: string, longest: number): string {
  const start = redactor.redact(text.slice(0, 2 * longest));
  return start.length <= longest ? start : `${start.slice(0, longest - 1)}…`;
}

/** Returns a text of others as one redacted line of at most `longest` characters. */
export function shortened(text: string, longest: number = longestShown): string {
  return redactedStart(text, longest).replaceAll(unprintable, ' ');
}

/**
 * Returns a wrong value as an error message shows it: redacted, short, and without running the value's code.
 *
 * Objects are not printed, because they can be cyclic, throw when they are read, or contain keys.
 */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(redactedStart(value, longestShown)).replaceAll(unprintable, ' ');
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
    default:
      return shownType(value);
  }
}

function shownType(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  // A revoked proxy can only be asked for its type.
  if (!util.types.isProxy(value) && Array.isArray(value)) return 'a list';
  if (util.types.isPromise(value)) return 'a Promise: await it first';
  return `of type ${typeof value}`;
}

/** Says what a wrong value is, without showing it, because it can be a key in the wrong place. */
export function shownKind(value: unknown): string {
  if (typeof readField(value, 'retryWithFallback') === 'function') return 'a key manager';
  if (typeof value !== 'function') return shownType(value);
  return typeof readField(value, 'prototype', 'retryWithFallback') === 'function' ? 'a class' : 'a function';
}

/**
 * @throws InvalidOptionsError for anything but an object with fields. `instead` says what to write. The value is not shown, because
 * it can be a key in the wrong place.
 */
export function checkIsObject(what: string, value: unknown, instead?: string): asserts value is object {
  const type = shownKind(value);
  if (type === 'of type object') return;
  throw new InvalidOptionsError(
    `"${what}" must be an object; it is ${type}.${instead === undefined ? '' : ` Write ${instead}, for example.`}`,
  );
}

/** Upper and lower case, and the characters between words, are what people confuse most. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** The number of characters to insert, remove, replace or swap with their neighbour. */
function distance(a: string, b: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const steps = [(last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1)];
      row.push(Math.min(...steps, isSwap ? (beforeLast[j - 2] ?? 0) + 1 : Infinity));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

/** Returns the known name that a wrong one was meant to be; `undefined` if none is close. */
export function closestName(wrong: string, known: Iterable<string>): string | undefined {
  // A longer text can be anything.
  const given = wrong.length > 40 ? '' : plain(wrong);
  if (given === '') return undefined;
  const ranked = [...known]
    .map((name) => ({ name, steps: distance(given, plain(name)) }))
    .toSorted((a, b) => a.steps - b.steps);
  const [best] = ranked;
  if (best && best.steps <= Math.floor(given.length / 3)) return best.name;
  return ranked.find(({ name }) => given.endsWith(plain(name)))?.name;
}

/** A sentence for the end of an error message; empty if no known name is close. */
export function didYouMean(wrong: unknown, known: Iterable<string>, prefix = ''): string {
  const closest = typeof wrong === 'string' ? closestName(wrong, known) : undefined;
  return closest === undefined ? '' : ` Did you mean "${prefix}${closest}"?`;
}

/** The names that other libraries give our options. */
const synonyms: Readonly<Record<string, string>> = {
  attempts: 'maxRetries',
  maxAttempts: 'maxRetries',
  maxRetry: 'maxRetries',
  retries: 'maxRetries',
  retry: 'maxRetries',
  minTimeout: 'delay',
  wait: 'delay',
  maxTimeout: 'maxDelay',
  onRetry: 'onFailedAttempt',
  timeout: 'attemptTimeout',
  dir: 'directory',
  path: 'directory',
  manager: 'provider',
};

const ofCall = 'It is an option of a call: write it at the decorator or the call.';
const ofManager = 'It is an option of the key manager, for example new OpenAIKeyManager(keys, { strategy }).';
const ofClient = 'It is an option of the client: write clientOptions: { … } in the options of the key manager.';
const ofLoading = 'It is an option of fromEnv() and loadApiKeys(), which read the files.';
const keyList = 'Keys go into the list of the key manager, for example new OpenAIKeyManager(keys).';

/** Where an option belongs that is known, but not here. */
const homes: ReadonlyMap<string, string> = new Map([
  ...['inject', 'maxRetries', 'delay', 'backoff', 'maxDelay', 'onExhausted', 'maxWait', 'attemptTimeout', 'deadline']
    .concat(['idleTimeout', 'idempotent', 'signal', 'operation', 'classifyError', 'classifyResult', 'onFailedAttempt'])
    .map((name) => [name, ofCall] as const),
  ...[
    'strategy',
    'clientOptions',
    'retryBudget',
    'recheckInvalid',
    'store',
    'runtime',
    'logger',
    'logLevel',
    'locale',
  ].map((name) => [name, ofManager] as const),
  ...['baseURL', 'baseUrl', 'organization', 'project', 'defaultHeaders', 'defaultQuery', 'fetch', 'fetchOptions']
    .concat(['httpOptions', 'rootUrl', 'timeout'])
    .map((name) => [name, ofClient.replace('…', name)] as const),
  ...['directory', 'environmentName'].map((name) => [name, ofLoading] as const),
  ...['key', 'keys', 'apiKey', 'apiKeys'].map((name) => [name, keyList] as const),
]);

function adviceOn(unknown: string, known: ReadonlySet<string>, prefix: string): string {
  const synonym = Object.hasOwn(synonyms, unknown) ? synonyms[unknown] : undefined;
  if (synonym !== undefined && known.has(synonym)) return ` Did you mean "${prefix}${synonym}"?`;
  const closest = didYouMean(unknown, known, prefix);
  const home = homes.get(unknown);
  return closest === '' && home !== undefined ? ` ${home}` : closest;
}

/** The most characters of a name. Names travel into logs, events, `status()`, metrics and the keys of stores. */
const longestNames = {
  label: 128,
  group: 128,
  displayName: 128,
  operation: 256,
  bucket: 256,
  callId: 256,
  reason: 128,
  kind: 64,
  environmentName: 64,
  directory: 4096,
} as const;

/** Whether a value is a text that can be used as a name of this kind. */
export function isName(kind: keyof typeof longestNames, value: unknown): value is string {
  return typeof value === 'string' && mistakeIn(kind, value) === undefined;
}

/** @throws InvalidOptionsError unless `value` can be used as a name of this kind. `what` says whose name it is. */
export function checkName(kind: keyof typeof longestNames, value: unknown, what: string = `"${kind}"`): void {
  const mistake = typeof value === 'string' ? mistakeIn(kind, value) : `it is ${shownType(value)}`;
  if (mistake === undefined) return;
  throw new InvalidOptionsError(
    `${what} must be a text of 1 to ${longestNames[kind]} characters in one line; ${mistake}.`,
  );
}

/** Returns a text of a provider or an adapter as a name for people: cut and cleaned where that is needed. */
export function asName(kind: keyof typeof longestNames, text: string): string {
  return isName(kind, text) ? text : withoutInvisible(shortened(text, longestNames[kind]));
}

/** Describes what is wrong with a name. It is not shown, because it can be a key in the wrong place. */
function mistakeIn(kind: keyof typeof longestNames, name: string): string | undefined {
  if (name.length > longestNames[kind]) return `it has ${name.length}`;
  if (name.trim() === '') return 'it is empty';
  if (name.search(unprintable) >= 0) return 'it has a line break or another control character';
  // A path is what it is on the disk.
  return kind === 'directory' || name.search(invisible) < 0 ? undefined : 'it has an invisible character';
}

/** @throws InvalidOptionsError unless `name` can be the name of an environment variable. Labels of keys are made from it. */
export function checkVariableName(what: string, name: unknown): void {
  const isText = typeof name === 'string' && name !== '' && name.length <= 100;
  if (isText && ![/[\s=]/, unprintable, invisible].some((wrong) => name.search(wrong) >= 0)) return;
  throw new InvalidOptionsError(
    `${what} must be the name of an environment variable, up to 100 characters without white space and "=", for example ` +
      'OPENAI_API_KEY.',
  );
}

/**
 * Finds misspelt options and names that belong elsewhere. `instead` is an example of right options.
 *
 * @throws InvalidOptionsError if `options` is not an object or has a name that is not known.
 * @example
 * checkOptionNames('options', options, new Set(['path', 'baseUrl']), "{ path: '/' }");
 */
export function checkOptionNames(what: string, options: unknown, known: ReadonlySet<string>, instead?: string): void {
  checkIsObject(what, options, instead);
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const prefix = what === 'options' ? '' : `${what}.`;
  const name = shortened(prefix + unknown);
  throw new InvalidOptionsError(
    `Unknown option "${name}".${adviceOn(unknown, known, prefix)} Known: ${[...known].join(', ')}.`,
  );
}
