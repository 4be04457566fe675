import { inspect } from 'node:util';

type RedactText = (text: string) => string;

// An error can drag a whole application along (sockets, agents); beyond this it is taken to hold a key.
const mostObjects = 20_000;

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
  if (value instanceof Error) return [read(value, 'message'), read(value, 'stack'), read(value, 'cause')];
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value))
    return [Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')];
  // Headers, Request, URL and their like keep everything in private fields, but print it.
  return isPlain(value) ? [] : [inspect(value, { depth: 1, maxStringLength: null, maxArrayLength: null })];
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

function partsOf(value: object): unknown[] {
  try {
    const names = ArrayBuffer.isView(value) ? [] : Reflect.ownKeys(value);
    return [...names, ...names.map((name) => read(value, name)), ...textsOf(value)];
  } catch {
    return [];
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
    if (seen.size > mostObjects) return true;
    for (const part of partsOf(value)) pending.push(part);
  }
  return false;
}

/** A value without keys: itself where it shows none, else a copy. What cannot be copied is replaced by its class's name. */
export function redactValue(root: unknown, redact: RedactText): unknown {
  return showsKey(root, redact) ? copyWithoutKeys(root, redact, new Map()) : root;
}

function copyWithoutKeys(value: unknown, redact: RedactText, copies: Map<object, unknown>): unknown {
  if (typeof value === 'string') return redact(value);
  if (!isWalkable(value)) return value;
  if (copies.has(value)) return copies.get(value);
  const copy = emptyCopy(value, redact);
  if (!copy) return showsKey(value, redact) ? `[redacted ${redact(value.constructor?.name ?? 'object')}]` : value;
  copies.set(value, copy);
  for (const name of Reflect.ownKeys(value)) {
    const { enumerable = false } = Object.getOwnPropertyDescriptor(value, name) ?? {};
    const safeName = typeof name === 'string' ? redact(name) : name;
    if (Array.isArray(copy) && name === 'length') continue;
    const part = copyWithoutKeys(read(value, name), redact, copies);
    Object.defineProperty(copy, safeName, { value: part, enumerable, writable: true, configurable: true });
  }
  return copy;
}

function emptyCopy(value: object, redact: RedactText): object | undefined {
  if (Array.isArray(value)) return [];
  if (value instanceof DOMException) return new DOMException(redact(value.message), value.name);
  if (value instanceof Error) {
    const copy = new Error(redact(String(read(value, 'message'))));
    return Object.setPrototypeOf(copy, Object.getPrototypeOf(value) as object) as Error;
  }
  return isPlain(value) ? {} : undefined;
}
