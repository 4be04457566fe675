import { redactValue } from './redact-value.ts';

const mask = '[redacted]';
// Shorter values are redacted as whole words only: the key "a" must not blank every "a" of a text.
const shortestFreeValue = 8;

// Keys that nobody registered here: another library's, or one that a provider echoes.
const unknownKeys =
  /\b(?:sk|rk|pk)-[A-Za-z0-9_-]{16,}|\bAIza[A-Za-z0-9_-]{20,}|(\bBearer\s+)[A-Za-z0-9._~+/=-]{8,}|([?&](?:api_?)?key=)[^&\s"'<>]+/gi;
const words = /[^\s"'<>&?=#]+/g;
const percentEncoded = /(?:%[0-9a-f]{2})+/gi;

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}

/** What base64 of any text around the secret contains, whatever the secret's offset in it. */
function base64Cores(secret: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.from(`${' '.repeat(offset)}${secret}`);
    // The characters at both ends also depend on what stands around.
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
    const skipped = offset === 0 ? 0 : 4;
    return [whole.toString('base64').slice(skipped), whole.toString('base64url').slice(skipped)];
  });
}

function spellings(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inQuotes = inJson.replaceAll("'", String.raw`\'`);
  // Header names are lower case.
  const encoded = secret.length < shortestFreeValue ? [] : [secret.toLowerCase(), ...base64Cores(secret)];
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

/** Removes keys from whatever leaves the process: known ones by value in every usual spelling, unknown ones by their look. */
export class Redactor {
  readonly #secrets = new Set<string>();
  #known: RegExp | undefined;

  add(secret: string): void {
    if (secret === '' || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    this.#known = undefined;
  }

  redact(text: string): string {
    const unsuspected = this.#withoutKnown(text);
    // Most texts have none, and looking costs a fraction of replacing.
    if (unsuspected.search(unknownKeys) < 0) return unsuspected;
    return unsuspected.replace(unknownKeys, (_match, ...groups: (string | undefined)[]) => {
      const [scheme, parameter] = groups;
      return `${scheme ?? parameter ?? ''}${mask}`;
    });
  }

  /** The same value where it shows no key, else a copy without it. An `Error` stays an `Error`. */
  redactValue(value: unknown): unknown {
    return redactValue(value, (text) => this.redact(text));
  }

  #withoutKnown(text: string): string {
    if (this.#secrets.size === 0) return text;
    const known = (this.#known ??= this.#compile());
    const redacted = text.replace(known, mask);
    if (!redacted.includes('%')) return redacted;
    // Percent-encoding has many spellings of one text, so what it encodes is looked at.
    return redacted.replace(words, (word) => {
      const decoded = word.includes('%') ? decode(word) : word;
      const clean = decoded.replace(known, mask);
      return clean === decoded ? word : clean;
    });
  }

  #compile(): RegExp {
    const values = [...new Set([...this.#secrets].flatMap(spellings))].filter((value) => value !== '');
    // The longest first: a key may be the beginning of another one.
    const parts = values
      .toSorted((a, b) => b.length - a.length)
      .map((value) =>
        value.length < shortestFreeValue ? `(?<![A-Za-z0-9])${escape(value)}(?![A-Za-z0-9])` : escape(value),
      );
    return new RegExp(parts.join('|'), 'g');
  }
}

const slot = Symbol.for('@api-key-fallback/core/redactor@1');

/** Knows every key of every manager in the process: one provider's error may quote another provider's key. */
export const redactor: Redactor = ((globalThis as { [slot]?: Redactor })[slot] ??= new Redactor());

/** A text without any key of this process, and without what looks like a key; for adapters that keep a provider's text. */
export function redactKeys(text: string): string {
  return redactor.redact(text);
}

/** The same object with its texts redacted; itself where nothing has to be. */
export function redactFields<T extends object>(given: T): T {
  let clean = given;
  for (const name of Object.keys(given) as (keyof T)[]) {
    const text = given[name];
    const redacted = typeof text === 'string' ? redactor.redact(text) : text;
    if (redacted !== text) clean = { ...clean, [name]: redacted };
  }
  return clean;
}

/** What a key may be shown as: `sk-…ab12`, and nothing of a key under 20 characters. */
export function maskKey(secret: string): string {
  return secret.length < 20 ? '…' : `${secret.slice(0, 3)}…${secret.slice(-4)}`;
}
