import { inspect } from 'node:util';

const mask = '[redacted]';
// Shorter values are redacted as whole words only: the key "a" must not blank every "a" of a text.
const shortestFreeValue = 8;

// Keys that nobody registered here: another library's, or one that a provider echoes.
const keyPatterns =
  /\b(?:sk|rk|pk)-[A-Za-z0-9_-]{16,}|\bAIza[A-Za-z0-9_-]{20,}|(?<=\bBearer\s+)[A-Za-z0-9._~+/=-]{8,}|(?<=[?&]key=)[^&\s"']+/g;

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}

function spellings(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  const quoted = JSON.stringify(secret).slice(1, -1);
  return [secret, encodeURIComponent(secret), base64, Buffer.from(secret).toString('base64url'), quoted];
}

/** Removes keys from whatever leaves the process: known ones by value, unknown ones by their look. */
export class Redactor {
  readonly #secrets = new Set<string>();
  #known: RegExp | undefined;

  add(secret: string): void {
    if (secret === '' || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    this.#known = undefined;
  }

  redact(text: string): string {
    if (this.#secrets.size > 0) this.#known ??= this.#compile();
    const withoutKnown = this.#known ? text.replace(this.#known, mask) : text;
    return withoutKnown.replace(keyPatterns, mask);
  }

  /** The same value where it shows no key, else a copy without it. An `Error` stays an `Error`. */
  redactValue(value: unknown): unknown {
    return this.#copyWithout(value, new Map());
  }

  #compile(): RegExp {
    const values = [...new Set([...this.#secrets].flatMap(spellings))].filter((value) => value !== '');
    // The longest first: a key may be the beginning of another one.
    values.sort((a, b) => b.length - a.length);
    const parts = values.map((value) =>
      value.length < shortestFreeValue ? `(?<![A-Za-z0-9])${escape(value)}(?![A-Za-z0-9])` : escape(value),
    );
    return new RegExp(parts.join('|'), 'g');
  }

  #shows(value: unknown): boolean {
    try {
      const text = inspect(value, { depth: 12, maxArrayLength: null, maxStringLength: null });
      return this.redact(text) !== text;
    } catch {
      return true;
    }
  }

  #copyWithout(value: unknown, seen: Map<object, unknown>): unknown {
    if (typeof value === 'string') return this.redact(value);
    if (typeof value !== 'object' || value === null) return value;
    const known = seen.get(value);
    if (known) return known;
    if (!this.#shows(value)) return value;
    if (value instanceof Error) return this.#copyError(value, seen);
    if (Array.isArray(value)) return this.#copyInto([], value, seen);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.#copyInto({}, value, seen);
    return `${mask} ${value.constructor?.name ?? 'object'}`;
  }

  #copyError(error: Error, seen: Map<object, unknown>): Error {
    const copy = new Error(this.redact(error.message));
    Object.setPrototypeOf(copy, Object.getPrototypeOf(error) as object);
    this.#copyInto(copy, error, seen);
    return copy;
  }

  #copyInto(copy: object, source: object, seen: Map<object, unknown>): object {
    seen.set(source, copy);
    for (const name of Reflect.ownKeys(source)) {
      const descriptor = Object.getOwnPropertyDescriptor(source, name);
      if (!descriptor || (Array.isArray(source) && name === 'length')) continue;
      const value = this.#copyWithout((source as Record<PropertyKey, unknown>)[name], seen);
      const { enumerable = false } = descriptor;
      const safeName = typeof name === 'string' ? this.redact(name) : name;
      Object.defineProperty(copy, safeName, { value, enumerable, writable: true, configurable: true });
    }
    return copy;
  }
}

const slot = Symbol.for('@api-key-fallback/core/redactor@1');

/** Knows every key of every manager in the process: one provider's error may quote another provider's key. */
export const redactor: Redactor = ((globalThis as { [slot]?: Redactor })[slot] ??= new Redactor());

/** What a key may be shown as: `sk-…ab12`, and nothing of a key under 20 characters. */
export function maskKey(secret: string): string {
  return secret.length < 20 ? '…' : `${secret.slice(0, 3)}…${secret.slice(-4)}`;
}
