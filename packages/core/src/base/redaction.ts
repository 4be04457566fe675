import { redactValue } from './redact-value.ts';

const mask = '[redacted]';
// Shorter keys are redacted as whole words only: the key "a" must not remove every "a" of a text.
const minSubstringLength = 8;

// Keys of no manager in this process, such as a provider's echo of another key.
const unknownKeys =
  /\b(?:sk|rk|pk)-[A-Za-z0-9_-]{16,}|\bAIza[A-Za-z0-9_-]{20,}|(\bBearer\s+)[A-Za-z0-9._~+/=-]{8,}|([?&](?:api_?)?key=)[^&\s"'<>]+/gi;
const words = /[^\s"'<>&?=#]+/g;
const percentEncoded = /(?:%[0-9a-f]{2})+/gi;

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}

/** Returns the base64 fragments that any encoded text containing the secret must include, one per byte offset. */
function base64Fragments(secret: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.from(`${' '.repeat(offset)}${secret}`);
    // The first and last characters also depend on the surrounding bytes, so they are dropped.
    const wholeTriples = bytes.subarray(0, bytes.length - (bytes.length % 3));
    const skipped = offset === 0 ? 0 : 4;
    return [wholeTriples.toString('base64').slice(skipped), wholeTriples.toString('base64url').slice(skipped)];
  });
}

function spellings(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inQuotes = inJson.replaceAll("'", String.raw`\'`);
  // Header names are lower-cased, so a key in a name is too.
  const encoded = secret.length < minSubstringLength ? [] : [secret.toLowerCase(), ...base64Fragments(secret)];
  return [secret, encodeURIComponent(secret), inJson, inQuotes, ...encoded];
}

function decode(text: string): string {
  return text.replace(percentEncoded, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
}

/** Removes keys from texts: known keys by value, in every common encoding, and unknown keys by pattern. */
export class Redactor {
  readonly #secrets = new Set<string>();
  #known: RegExp | undefined;

  add(secret: string): void {
    if (secret === '' || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    this.#known = undefined;
  }

  redact(text: string): string {
    const withoutKnown = this.#redactKnown(text);
    // Most texts contain no key, and searching is much cheaper than replacing.
    if (withoutKnown.search(unknownKeys) < 0) return withoutKnown;
    return withoutKnown.replace(unknownKeys, (_match, ...groups: (string | undefined)[]) => {
      const [scheme, parameter] = groups;
      return `${scheme ?? parameter ?? ''}${mask}`;
    });
  }

  /** Returns the value itself if it contains no key, else a redacted copy. The copy of an `Error` is an `Error`. */
  redactValue(value: unknown): unknown {
    return redactValue(value, (text) => this.redact(text));
  }

  #redactKnown(text: string): string {
    if (this.#secrets.size === 0) return text;
    const known = (this.#known ??= this.#compile());
    const redacted = text.replace(known, mask);
    if (!redacted.includes('%')) return redacted;
    // One text has many percent-encodings, so each word is compared in its decoded form.
    return redacted.replace(words, (word) => {
      const decoded = word.includes('%') ? decode(word) : word;
      const clean = decoded.replace(known, mask);
      return clean === decoded ? word : clean;
    });
  }

  #compile(): RegExp {
    const values = [...new Set([...this.#secrets].flatMap(spellings))].filter((value) => value !== '');
    // Longest first: one key can be the prefix of another.
    const parts = values
      .toSorted((a, b) => b.length - a.length)
      .map((value) =>
        value.length < minSubstringLength ? `(?<![A-Za-z0-9])${escape(value)}(?![A-Za-z0-9])` : escape(value),
      );
    return new RegExp(parts.join('|'), 'g');
  }
}

const slot = Symbol.for('@api-key-fallback/core/redactor@1');

/** Knows every key of every manager in the process, because one provider's error can quote another provider's key. */
export const redactor: Redactor = ((globalThis as { [slot]?: Redactor })[slot] ??= new Redactor());

/**
 * Removes every key of this process, and everything that looks like a key, from a text.
 *
 * For adapters that keep a provider's text. Core already redacts verdicts, events, logs and its own errors.
 *
 * @example
 * redactKeys('Incorrect API key provided: sk-proj-abcdefghijklmnop'); // 'Incorrect API key provided: [redacted]'
 */
export function redactKeys(text: string): string {
  return redactor.redact(text);
}

/** Redacts the string fields of an object. Returns the object itself if nothing changes. */
export function redactFields<T extends object>(given: T): T {
  let clean = given;
  for (const name of Object.keys(given) as (keyof T)[]) {
    const text = given[name];
    const redacted = typeof text === 'string' ? redactor.redact(text) : text;
    if (redacted !== text) clean = { ...clean, [name]: redacted };
  }
  return clean;
}

/** Returns a key as it may be shown: `sk-…ab12`, or `…` for a key under 20 characters. */
export function maskKey(secret: string): string {
  return secret.length < 20 ? '…' : `${secret.slice(0, 3)}…${secret.slice(-4)}`;
}
