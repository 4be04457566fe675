import { util } from './node-builtins.ts';

type RedactText = (text: string) => string;

function isWalkable(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function read(owner: object, name: PropertyKey): unknown {
  try {
    return (owner as Record<PropertyKey, unknown>)[name];
  } catch {
    return undefined;
  }
}

/** What a value holds beside its own fields. */
function textsOf(value: object): unknown[] {
  // An Error's texts may be getters of its prototype (DOMException), and a stack is not enumerable.
  if (value instanceof Error) {
    return [read(value, 'message'), read(value, 'stack'), read(value, 'cause'), ...ownRenderings(value)];
  }
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value))
    return [Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')];
  // Headers, Request, URL and their like keep everything in private fields, but print it.
  return isPlain(value) ? [] : [util.inspect(value, { depth: 1, maxStringLength: null, maxArrayLength: null })];
}

const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');

/** What an error of a class that prints itself shows. */
function ownRenderings(error: Error): string[] {
  const toJson = read(error, 'toJSON') === undefined ? [] : [JSON.stringify(error) ?? ''];
  return read(error, inspectSymbol) === undefined ? toJson : [...toJson, util.inspect(error)];
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

/** Everything that a value shows; `undefined` when it cannot be looked into. */
function partsOf(value: object): unknown[] | undefined {
  try {
    const names = ArrayBuffer.isView(value) ? [] : Reflect.ownKeys(value);
    return [...names, ...names.map((name) => read(value, name)), ...textsOf(value)];
  } catch {
    return undefined;
  }
}

/** Whether any text in a value, however deep, would be changed by redaction. */
function showsKey(root: unknown, redact: RedactText): boolean {
  const seen = new Set<unknown>();
  const pending = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === 'string' && redact(value) !== value) return true;
    if (typeof value === 'symbol' && redact(String(value)) !== String(value)) return true;
    if (!isWalkable(value) || seen.has(value)) continue;
    seen.add(value);
    const parts = partsOf(value);
    if (!parts) return true;
    for (const part of parts) pending.push(part);
  }
  return false;
}

/** A value without keys: itself where it shows none, else a copy. What cannot be copied is replaced by its class's name. */
export function redactValue(root: unknown, redact: RedactText): unknown {
  return showsKey(root, redact) ? copyWithoutKeys(root, redact) : root;
}

function copyWithoutKeys(root: unknown, redact: RedactText): unknown {
  const copies = new Map<object, object>();
  const unfilled: [source: object, copy: object][] = [];
  const copyOf = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value);
    if (!isWalkable(value)) return value;
    const known = copies.get(value);
    if (known) return known;
    const copy = emptyCopy(value, redact);
    if (!copy) return showsKey(value, redact) ? `[redacted ${redact(className(value))}]` : value;
    copies.set(value, copy);
    unfilled.push([value, copy]);
    return copy;
  };
  const copy = copyOf(root);
  // A list instead of recursion: an error can be nested deeper than the stack is.
  for (let next = unfilled.pop(); next; next = unfilled.pop()) fill(...next, redact, copyOf);
  return copy;
}

function fill(source: object, copy: object, redact: RedactText, copyOf: (value: unknown) => unknown): void {
  for (const name of Reflect.ownKeys(source)) {
    if (Array.isArray(copy) && name === 'length') continue;
    const { enumerable = false } = Object.getOwnPropertyDescriptor(source, name) ?? {};
    const safeName = typeof name === 'string' ? redact(name) : name;
    const value = copyOf(read(source, name));
    Object.defineProperty(copy, safeName, { value, enumerable, writable: true, configurable: true });
  }
}

function className(value: object): string {
  const constructor = read(value, 'constructor');
  return typeof constructor === 'function' ? constructor.name : 'object';
}

/** What a copy is filled into; `undefined` for a value that cannot be copied or cannot even be looked into. */
function emptyCopy(value: object, redact: RedactText): object | undefined {
  try {
    Reflect.ownKeys(value);
    if (Array.isArray(value)) return [];
    if (value instanceof DOMException) return new DOMException(redact(value.message), value.name);
    if (!(value instanceof Error)) return isPlain(value) ? {} : undefined;
    const copy = new Error(redact(String(read(value, 'message'))));
    Object.setPrototypeOf(copy, Object.getPrototypeOf(value) as object);
    // A class that prints itself would look for private fields that the copy does not have.
    for (const name of ['toJSON', inspectSymbol]) {
      if (name in copy) Object.defineProperty(copy, name, { value: undefined, configurable: true });
    }
    return copy;
  } catch {
    return undefined;
  }
}
