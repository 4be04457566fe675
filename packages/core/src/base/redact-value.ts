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

/** Returns the texts and values that an object holds besides its own fields. */
function textsOf(value: object): unknown[] {
  // An Error's texts can be getters of its prototype (DOMException), and `stack` is not enumerable.
  if (value instanceof Error) {
    return [read(value, 'message'), read(value, 'stack'), read(value, 'cause'), ...ownRenderings(value)];
  }
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value))
    return [Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')];
  // Headers, Request and URL keep their data in private fields, but `inspect` prints it.
  return isPlain(value) ? [] : [util.inspect(value, { depth: 1, maxStringLength: null, maxArrayLength: null })];
}

const inspectSymbol = Symbol.for('nodejs.util.inspect.custom');

/** Returns the output of an error's custom `toJSON` and `inspect`. */
function ownRenderings(error: Error): string[] {
  const toJson = read(error, 'toJSON') === undefined ? [] : [JSON.stringify(error) ?? ''];
  return read(error, inspectSymbol) === undefined ? toJson : [...toJson, util.inspect(error)];
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

/** Returns everything that an object can print; `undefined` if it cannot be inspected. */
function partsOf(value: object): unknown[] | undefined {
  try {
    const names = ArrayBuffer.isView(value) ? [] : Reflect.ownKeys(value);
    return [...names, ...names.map((name) => read(value, name)), ...textsOf(value)];
  } catch {
    return undefined;
  }
}

/** Whether redaction would change any text in a value, at any depth. */
function containsKey(root: unknown, redact: RedactText): boolean {
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

/** Returns the value itself if it contains no key, else a redacted copy. A part that cannot be copied becomes its class name. */
export function redactValue(root: unknown, redact: RedactText): unknown {
  return containsKey(root, redact) ? copyWithoutKeys(root, redact) : root;
}

function copyWithoutKeys(root: unknown, redact: RedactText): unknown {
  const copies = new Map<object, object>();
  const pending: [source: object, copy: object][] = [];
  const copyOf = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value);
    if (!isWalkable(value)) return value;
    const known = copies.get(value);
    if (known) return known;
    const copy = emptyCopy(value, redact);
    if (!copy) return containsKey(value, redact) ? `[redacted ${redact(className(value))}]` : value;
    copies.set(value, copy);
    pending.push([value, copy]);
    return copy;
  };
  const copy = copyOf(root);
  // A loop instead of recursion: nested errors can be deeper than the call stack.
  for (let next = pending.pop(); next; next = pending.pop()) copyFields(...next, redact, copyOf);
  return copy;
}

function copyFields(source: object, copy: object, redact: RedactText, copyOf: (value: unknown) => unknown): void {
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

/** Creates the empty copy of an object; `undefined` if it cannot be copied or inspected. */
function emptyCopy(value: object, redact: RedactText): object | undefined {
  try {
    Reflect.ownKeys(value);
    if (Array.isArray(value)) return [];
    if (value instanceof DOMException) return new DOMException(redact(value.message), value.name);
    if (!(value instanceof Error)) return isPlain(value) ? {} : undefined;
    const copy = new Error(redact(String(read(value, 'message'))));
    Object.setPrototypeOf(copy, Object.getPrototypeOf(value) as object);
    // A custom printer would read private fields that the copy does not have.
    for (const name of ['toJSON', inspectSymbol]) {
      if (name in copy) Object.defineProperty(copy, name, { value: undefined, configurable: true });
    }
    return copy;
  } catch {
    return undefined;
  }
}
