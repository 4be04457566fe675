import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskKey, Redactor } from '../../src/base/redaction.ts';
import { renderings } from './renderings.ts';

const key = 'recognisable/key+0123456789==';
const quoted = String.raw`recognisable"key\0123456789`;

function redactorOf(...keys: string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of keys) redactor.add(secret);
  return redactor;
}

const redactor = redactorOf(key, quoted);

function expectClean(value: unknown): void {
  for (const text of renderings(value)) expect(text).not.toMatch(/recognisable|0123456789/);
}

describe('redact()', () => {
  const spellings: Readonly<Record<string, string>> = {
    'as it is': key,
    'URL-encoded': encodeURIComponent(key),
    'URL-encoded as a query': new URLSearchParams({ key }).toString(),
    'in base64': Buffer.from(key).toString('base64'),
    'in base64 for URLs': Buffer.from(key).toString('base64url'),
    'inside JSON': JSON.stringify({ key: quoted }),
    'URL-encoded with quotes': encodeURIComponent(quoted),
  };

  it.each(Object.entries(spellings))('removes a key %s at every position', (_how, spelling) => {
    const text = redactor.redact(`${spelling} GET https://host/v1?key=${spelling}&q=1 (${spelling}${spelling})`);
    for (const spelled of Object.values(spellings)) expect(text).not.toContain(spelled);
    expectClean(text);
    expect(text).toContain('https://host/v1');
    expect(text).toContain('q=1');
  });

  it('cuts a long text before it searches it', () => {
    const text = redactor.redact(`${'x '.repeat(32_000)}${key.repeat(100)}`);
    expect(text.length).toBeLessThanOrEqual(64 * 1024 + 1);
    expect(text.endsWith('…')).toBe(true);
    expectClean(text);
  });

  it('removes control characters and marks of direction, but no tabs and line feeds', () => {
    const controls = '\x1b[31m\x07\b\0\x7f\x9b\u202e\u2066\u200f\ufeff';
    expect(redactorOf().redact(`a${controls}b\tc\nd\u0085e\u2028f\rg`)).toBe('a[31mb\tc\nd e f g');
  });

  it('removes a key that is the prefix of another key, and the other key whole', () => {
    const text = redactorOf('recognisable-key', 'recognisable-key-0123456789').redact(
      'recognisable-key-0123456789 recognisable-key',
    );
    expectClean(text);
    expect(text).not.toContain('-key');
  });

  it.each([
    'sk-proj-recognisable_0123456789',
    'sk-ant-api03-recognisable-0123456789',
    'AIzaSyrecognisable_0123456789',
    'Bearer recognisable.0123456789',
    'https://host/v3/videos?part=id&key=recognisable0123456789&id=1',
    'https://host/v3/videos?key=recognisable0123456789',
  ])('removes an unknown key by its pattern: %s', (text) => {
    expectClean(redactorOf().redact(`before ${text} after`));
    expect(redactorOf().redact(`before ${text} after`)).toMatch(/^before .* after$/);
  });

  it.each([
    '',
    'Rate limit reached for gpt-4o in organization org-abc on requests per min. Please try again in 20s.',
    'task-management-for-the-whole-organisation is not sk-short',
    'The bearer of bad news; key=value pairs; basket-of-many-things-in-a-row',
  ])('leaves a text without a key unchanged: %j', (text) => {
    expect(redactor.redact(text)).toBe(text);
  });

  it('ignores an empty key', () => {
    expect(redactorOf('').redact('any text')).toBe('any text');
  });

  it('redacts a very short key as a whole word only', () => {
    const text = redactorOf('a').redact('a banana, and the key a.');
    expect(text).toContain('banana, and the key');
  });

  it('removes any key from any text', () => {
    const secret = fc.stringMatching(/^[!-~]{12,60}$/);
    const spelling = fc.constantFrom<(value: string) => string>(
      (value) => value,
      encodeURIComponent,
      (value) => Buffer.from(value).toString('base64'),
      (value) => Buffer.from(value).toString('base64url'),
      (value) => JSON.stringify(value),
      (value) => JSON.stringify({ error: { message: `Incorrect API key: ${value}` } }),
    );
    const part = fc.oneof(fc.string(), fc.constant('?key='), fc.constant('"'));
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 5 }),
        spelling,
        part,
        part,
        (secrets, spell, before, after) => {
          const own = redactorOf(...secrets);
          for (const value of secrets) {
            const spelled = spell(value);
            const text = own.redact(before + spelled + after);
            expect(text).not.toContain(value);
            expect(text).not.toContain(spelled.replace(/[="}]+$/, ''));
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('removes a key in any percent-encoding', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{12,40}$/), (secret) => {
        const spelled = new URLSearchParams({ q: secret }).toString().slice('q='.length);
        expect(redactorOf(secret).redact(`https://host/?q=${spelled}`)).not.toContain(spelled);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves any text without a key unchanged', () => {
    const word = fc.stringMatching(/^[a-z ,.:;()]{0,80}$/);
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[A-Z0-9]{16,40}$/), { maxLength: 5 }), word, (secrets, text) => {
        expect(redactorOf(...secrets).redact(text)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{12,40}$/), fc.string(), (secret, text) => {
        const own = redactorOf(secret);
        const redacted = own.redact(`${text}${secret}${text}`);
        expect(own.redact(redacted)).toBe(redacted);
      }),
      { numRuns: 300 },
    );
  });

  it('forgets retired keys after the next thousand', () => {
    const many = Array.from({ length: 1002 }, (_, number) => createHash('sha256').update(`${number}`).digest('hex'));
    const own = redactorOf(...many);
    for (const secret of many) own.retire(secret);
    expect(many.map((secret) => own.redact(secret) === secret)).toEqual(many.map((_, number) => number < 2));
  });

  it('keeps a key that is still in use, or in use again', () => {
    const own = redactorOf(key, key, quoted);
    own.retire(key);
    own.retire(quoted);
    own.add(quoted);
    for (let number = 0; number < 2000; number++) {
      own.add(`other-${number}`);
      own.retire(`other-${number}`);
    }
    expectClean(own.redact(`${key} ${quoted}`));
    own.retire('never added');
  });

  it.each([
    ['white space', ' ', ''],
    ['one letter', 'a', ''],
    ['one letter before a percent sign', 'a', ' %'],
    ['percent signs', '%', ''],
    ['encoded letters', '%41', '%'],
    ['beginnings of keys', 'sk-', ''],
    ['a header and white space', ' ', 'Bearer '],
    ['beginnings of headers', 'Bearer ', ''],
    ['beginnings of queries', '?key=', ''],
    ['a known key', key, ''],
  ])('redacts fifty thousand characters of %s in linear time', (_what, unit, rest) => {
    const text = `${rest}${unit.repeat(Math.ceil(50_000 / unit.length))}${rest}`;
    const start = performance.now();
    redactor.redact(text);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('maskKey()', () => {
  it('shows three leading and four trailing characters of a long key, and nothing of a short one', () => {
    expect(maskKey('sk-proj-0123456789abcdef-ab12')).toBe('sk-…ab12');
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9-]{1,19}$/), (short) => {
        expect(maskKey(short)).toMatch(/^[^A-Za-z0-9-]*$/);
        expect(maskKey(short)).toBe(maskKey('x'));
      }),
      { numRuns: 100 },
    );
  });
});
