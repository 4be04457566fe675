import { util } from './node-builtins.ts';
import { mask, maxText, redactor } from './redaction.ts';

/** The longest single text, so that one does not use up the room of all others. */
const longestText = 4 * 1024;
const maxDepth = 8;
const maxPrototypes = 20;

/** How much of a value is copied: values, and characters of text. */
interface Room {
  readonly values: number;
  readonly text: number;
}

/**
 * Builds what may be shown of a foreign value, such as a caught error: never the value itself or a part of it.
 *
 * - An error becomes a plain `Error` with its name, message, stack, cause and own fields.
 * - Plain objects and arrays are copied, each once, up to a depth of 8, 1,000 values and 64 KB of text. So are headers.
 * - Anything else becomes a text: the name of its class, and its message if it has one.
 *
 * Calls no accessor, no method and no trap of a proxy. Never throws.
 *
 * @example
 * const body = safeCopy(JSON.parse(text)); // for an error that keeps the provider's answer
 */
export function safeCopy(value: unknown, room: Room = { values: 1000, text: maxText }): unknown {
  return new SafeCopy(room).of(value, 0);
}

class SafeCopy {
  readonly #seen = new Set<object>();
  #valuesLeft: number;
  #textLeft: number;

  constructor({ values, text }: Room) {
    this.#valuesLeft = values;
    this.#textLeft = text;
  }

  of(value: unknown, depth: number): unknown {
    try {
      return isObject(value) ? this.#ofObject(value, depth) : this.#ofPrimitive(value);
    } catch {
      // Such as a text that is too long to be put together, or a module that is not initialised.
      return '[unreadable]';
    }
  }

  #ofPrimitive(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'symbol':
        return `Symbol(${this.#text(value.description ?? '')})`;
      // JSON has no such numbers, and to print a long one takes seconds.
      case 'bigint':
        return BigInt.asIntN(64, value) === value ? this.#text(`${value}n`) : '[BigInt]';
      case 'number':
        return redactor.holdsKey(String(value)) ? this.#text(String(value)) : value;
      default:
        return value;
    }
  }

  #ofObject(value: object, depth: number): unknown {
    if (util.types.isProxy(value)) return '[Proxy]';
    if (this.#seen.has(value)) return '[shown above]';
    this.#seen.add(value);
    const isLeaf = depth === maxDepth || this.#valuesLeft <= 0;
    if (!isLeaf && isError(value)) return this.#ofError(value, depth);
    if (!isLeaf && isPlain(value)) return this.#ofPlain(value, depth);
    if (util.types.isDate(value)) return new Date(Date.prototype.getTime.call(value)).toJSON();
    const message = dataOf(value, 'message');
    return `[${this.#text(className(value))}${typeof message === 'string' ? `: ${this.#text(message)}` : ''}]`;
  }

  #ofError(error: object, depth: number): Error {
    const message = this.#text(textOf(error, 'message') ?? '');
    const name = this.#text(nameOf(error));
    const copy = new Error(message);
    define(copy, 'name', name, false);
    define(copy, 'stack', `${name}${message && `: ${message}`}${this.#text(framesOf(error))}`, false);
    this.#copyFields(error, copy, depth);
    for (const field of ['cause', 'errors']) {
      const value = ownData(error, field);
      if (value !== undefined) define(copy, field, this.of(value, depth + 1), false);
    }
    return copy;
  }

  #ofPlain(value: object, depth: number): unknown {
    const copy = Array.isArray(value) ? [] : {};
    return this.#copyFields(value, copy, depth) ? copy : mask;
  }

  /** Copies the fields that can be enumerated, apart from accessors. Returns whether they may be shown together. */
  #copyFields(source: object, copy: object, depth: number): boolean {
    for (const field of fieldsOf(source, this.#valuesLeft)) {
      if (this.#valuesLeft-- <= 0) {
        define(copy, Array.isArray(copy) ? String(copy.length) : '…', '…');
        break;
      }
      const value = ownData(source, field);
      if (value === undefined || typeof value === 'function') continue;
      const shown = field === 'headers' ? headersIn(value) : value;
      define(copy, Array.isArray(copy) ? field : this.#text(field), this.of(shown, depth + 1));
    }
    if (!spellsKey(copy)) return true;
    for (const field of Object.keys(copy)) define(copy, field, mask);
    return false;
  }

  #text(text: string): string {
    const cut = text.slice(0, Math.min(longestText, this.#textLeft));
    this.#textLeft -= cut.length;
    return redactor.redact(cut) + (cut.length < text.length ? '…' : '');
  }
}

// A list of bytes, each as a number or in hex.
const fewestBytes = 10;
const longestByte = 4;

function isObject(value: unknown): value is object {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}

/** The prototypes of an object, up to one that is a proxy. */
function prototypesOf(value: object): object[] {
  const prototypes: object[] = [];
  let prototype: unknown = Object.getPrototypeOf(value);
  while (isObject(prototype) && !util.types.isProxy(prototype) && prototypes.length < maxPrototypes) {
    prototypes.push(prototype);
    prototype = Object.getPrototypeOf(prototype);
  }
  return prototypes;
}

function isError(value: object): boolean {
  return util.types.isNativeError(value) || prototypesOf(value).includes(Error.prototype);
}

/** Whether it is an array or a plain object, also of another realm. */
function isPlain(value: object): boolean {
  if (typeof value === 'function') return false;
  return Array.isArray(value) || prototypesOf(value).every((prototype) => Object.getPrototypeOf(prototype) === null);
}

function ownData(owner: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(owner, name)?.value;
}

/** A field of an object or of its prototypes; `undefined` for an accessor. */
function dataOf(value: object, name: string): unknown {
  const owner = [value, ...prototypesOf(value)].find((place) => Object.hasOwn(place, name));
  return owner && ownData(owner, name);
}

function className(value: object): string {
  const constructor = dataOf(value, 'constructor');
  const name = isObject(constructor) && !util.types.isProxy(constructor) ? ownData(constructor, 'name') : undefined;
  return typeof name === 'string' && name !== '' ? name : 'Object';
}

function nameOf(error: object): string {
  const name = textOf(error, 'name');
  return name === undefined || name === 'Error' ? className(error) : name;
}

/** The name or message of an error, unless it is an accessor. Those of a `DOMException` are accessors of the platform. */
function textOf(error: object, field: 'name' | 'message'): string | undefined {
  const text = dataOf(error, field) ?? ofDomException(error, field);
  return typeof text === 'string' ? text : undefined;
}

function ofDomException(error: object, field: 'name' | 'message'): unknown {
  if (!prototypesOf(error).includes(DOMException.prototype)) return undefined;
  try {
    return Reflect.get(DOMException.prototype, field, error);
  } catch {
    return undefined;
  }
}

/** How V8 keeps the stack of its errors: as an accessor, or as a value that looks like one field of many. */
const ofV8 = Object.getOwnPropertyDescriptor(new Error('to see how'), 'stack');

/** Returns the stack of an error; `undefined` if it has none that can be read without foreign code. */
export function stackOf(error: object): string | undefined {
  // V8 makes the stack when it is first read, and reads name and message for it.
  if (textOf(error, 'name') === undefined || textOf(error, 'message') === undefined) return undefined;
  const own = Object.getOwnPropertyDescriptor(error, 'stack');
  try {
    // It also calls `Error.prepareStackTrace` if the application has set one.
    const stack: unknown = own?.get && own.get === ofV8?.get ? Reflect.get(error, 'stack') : own?.value;
    return typeof stack === 'string' ? stack : undefined;
  } catch {
    return undefined;
  }
}

/** The stack without the message, which can be a page. */
function framesOf(error: object): string {
  const stack = stackOf(error) ?? '';
  const start = stack.search(/\n {4}at /);
  return start < 0 ? '' : stack.slice(start);
}

/** The headers of an error as a plain object; the value itself if they are none. */
function headersIn(value: unknown): unknown {
  if (!isObject(value) || util.types.isProxy(value)) return value;
  try {
    const entries: [string, string][] = [];
    Headers.prototype.forEach.call(value as Headers, (text, name) => entries.push([name, text]));
    return Object.fromEntries(entries);
  } catch {
    // Those of axios are an object of a class, with a field for each header.
    const names = isPlain(value) ? [] : Object.keys(value);
    return names.length === 0 ? value : Object.fromEntries(names.map((name) => [name, ownData(value, name)]));
  }
}

const copiedApart = new Set(['name', 'message', 'stack', 'cause', 'errors']);

/** The names of the fields to copy, at most one more than there is room for. */
function fieldsOf(source: object, room: number): string[] {
  if (Array.isArray(source)) return Array.from({ length: Math.min(source.length, room + 1) }, (_, index) => `${index}`);
  const fields = Object.keys(source);
  return isError(source) ? fields.filter((field) => !copiedApart.has(field)) : fields;
}

/** Whether the values of a copy make up a key together: its bytes, its characters, or two halves. */
function spellsKey(copy: object): boolean {
  const parts = Object.values(copy).filter((part) => typeof part === 'string' || typeof part === 'number');
  if (parts.length < 2) return false;
  if (redactor.holdsKey(parts.map((part) => (typeof part === 'number' ? String.fromCharCode(part) : part)).join('')))
    return true;
  const isList = parts.length >= fewestBytes && parts.every((part) => String(part).length <= longestByte);
  return isList && redactor.redact(parts.join(' ')) !== parts.join(' ');
}

function define(target: object, name: string, value: unknown, enumerable = true): void {
  Object.defineProperty(target, name, { value, enumerable, writable: true, configurable: true });
}
