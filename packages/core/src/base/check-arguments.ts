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

/** The most characters of a name. Names travel into logs, events, `status()`, metrics and the keys of stores. */
const longestNames = {
  label: 128,
  group: 128,
  slot: 128,
  displayName: 128,
  operation: 256,
  bucket: 256,
  callId: 256,
  reason: 128,
  kind: 64,
  pool: 128,
  affinity: 256,
  actor: 100,
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

/** Says what to write in place of a value that is not a function. */
export function notAFunction(value: unknown, instead: string): InvalidOptionsError {
  const kind = util.types.isPromise(value)
    ? 'a Promise: pass the function itself, without calling it'
    : shownKind(value);
  return new InvalidOptionsError(
    `Expected a function that receives the API key; the value is ${kind}. Write ${instead}.`,
  );
}
