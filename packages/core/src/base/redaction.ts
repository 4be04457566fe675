import { KeyRuns, type Span } from './key-runs.ts';

export const mask = '[redacted]';
/** The longest foreign text that is read. A longer one is cut first, so that no text can hold the event loop. */
export const maxText: number = 64 * 1024;
/** How many keys of closed managers stay known; they may still be valid. */
const maxRetired = 1000;

// Keys of no manager in this process, such as a provider's echo of another key.
const unknownKeys =
  /\b(?:sk|rk|pk)-[A-Za-z0-9_-]{16,}|\bAIza[A-Za-z0-9_-]{20,}|(\bBearer\s+)(?=[^\s\d]*\d)[A-Za-z0-9._~+/=-]{8,}|([?&](?:api_?)?key=)[^&\s"'<>]+/gi;
/** The shortest text with an unknown key, unless it has `key=`. */
const shortestUnknown = 15;
const unusual = /[^ -~]|key=/i;
// They move the cursor of a terminal, change its colours, reverse the order of what is read, or stand unseen inside a key.
const lineControls = /\r(?!\n)|[\v\f\x85\u2028\u2029]/g;
const otherControls =
  /(?![\t\n\r])\p{Cc}|(?![\p{Join_Control}\p{Variation_Selector}])\p{Default_Ignorable_Code_Point}/gu;
// Emoji and the scripts of Persian and Hindi need them.
const joinersInAscii = /(?<=[!-~])[\p{Join_Control}\p{Variation_Selector}]+(?=[!-~])/gu;

/** Removes keys from texts: known keys by value, in every common encoding, and unknown keys by pattern. */
export class Redactor {
  readonly #runs = new KeyRuns();
  /** How many managers use each key. */
  readonly #uses = new Map<string, number>();
  /** Keys of closed managers, the oldest first. */
  readonly #retired = new Set<string>();

  /** Makes a key known. Each call needs its own call of `retire`. */
  add(secret: string): void {
    const uses = this.#uses.get(secret) ?? 0;
    this.#uses.set(secret, uses + 1);
    if (uses === 0 && !this.#retired.delete(secret)) this.#runs.add(secret);
  }

  /** Lets a key be forgotten after the next thousand retired ones. */
  retire(secret: string): void {
    const uses = this.#uses.get(secret) ?? 0;
    if (uses > 1) this.#uses.set(secret, uses - 1);
    if (uses !== 1) return;
    this.#uses.delete(secret);
    this.#retired.add(secret);
    const [oldest] = this.#retired;
    if (this.#retired.size <= maxRetired || oldest === undefined) return;
    this.#retired.delete(oldest);
    this.#runs.delete(oldest);
  }

  /** Whether a text is a key of a manager, or was one. */
  isKey(text: string): boolean {
    return this.#uses.has(text) || this.#retired.has(text);
  }

  /** Runs a function while a key is known, also if it was forgotten before. */
  whileKnown<T>(secret: string, run: () => T): T {
    this.add(secret);
    try {
      return run();
    } finally {
      this.retire(secret);
    }
  }

  /** Whether a text contains a part of a known key that must not be shown. */
  holdsKey(text: string): boolean {
    return this.#runs.isIn(text);
  }

  /** Returns a text without keys and without control characters other than tabs and line feeds, cut to 64 KB. */
  redact(text: string): string {
    if (text.length < Math.min(this.#runs.shortest, shortestUnknown) && !unusual.test(text)) return text;
    const cut = text.length > maxText ? `${text.slice(0, maxText)}…` : text;
    const printable = cut.replace(lineControls, ' ').replace(otherControls, '').replace(joinersInAscii, '');
    return withoutUnknown(masked(printable, this.#runs.find(printable)));
  }
}

function masked(text: string, spans: Span[]): string {
  let result = '';
  let maskedTo = -1;
  for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
    // Spans that overlap or touch become one mask.
    if (start > maskedTo) result += text.slice(Math.max(maskedTo, 0), start) + mask;
    maskedTo = Math.max(maskedTo, end);
  }
  return result + text.slice(Math.max(maskedTo, 0));
}

function withoutUnknown(text: string): string {
  // Most texts contain no key, and searching is much cheaper than replacing.
  if (text.search(unknownKeys) < 0) return text;
  return text.replace(unknownKeys, (_match, ...groups: (string | undefined)[]) => {
    const [scheme, parameter] = groups;
    return `${scheme ?? parameter ?? ''}${mask}`;
  });
}

const slot = Symbol.for('@api-key-fallback/core/redactor@1');

/** Knows every key of every manager in the process, because one provider's error can quote another provider's key. */
export const redactor: Redactor = ((globalThis as { [slot]?: Redactor })[slot] ??= new Redactor());

/**
 * Removes every key of this process, and everything that looks like a key, from a text.
 *
 * For adapters that keep a provider's text. Core already redacts verdicts, events, logs and its own errors. Also removes control
 * characters other than tabs and line feeds, and cuts the text after 64 KB.
 *
 * @example
 * redactKeys('Incorrect API key provided: sk-proj-abcdefghijklmnop'); // 'Incorrect API key provided: [redacted]'
 */
export function redactKeys(text: string): string {
  return redactor.redact(text);
}

/** Returns a key as it may be shown: `sk-…ab12`, or `…` for a key under 20 characters. */
export function maskKey(secret: string): string {
  return secret.length < 20 ? '…' : `${secret.slice(0, 3)}…${secret.slice(-4)}`;
}
