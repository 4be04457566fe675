import { describe, expect, it } from 'vitest';
import { Redactor } from '../../src/base/redaction.ts';

describe('a redacted text', () => {
  const long = 'recognisable+A1/b2C3=d4&E5"f6G7%h8J9k0123456789';
  const ofLong = new Redactor();
  ofLong.add(long);
  const php = JSON.stringify(long).replaceAll('/', String.raw`\/`);
  const go = JSON.stringify(long).replaceAll('&', String.raw`\u0026`);
  const bytes = Buffer.from(long);

  it.each([
    ['cut at its beginning', long.slice(4)],
    ['cut at its end', long.slice(0, -4)],
    ['cut at both ends', long.slice(9, 21)],
    ['in the JSON of PHP', php],
    ['in the JSON of Go', go],
    [
      'in the JSON of .NET',
      JSON.stringify(long).replaceAll(/[+"&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16).toUpperCase()}`),
    ],
    ['in JSON in JSON', JSON.stringify(php)],
    ['percent-encoded in part', long.replace('/', '%2F').replace('=', '%3d')],
    [
      'percent-encoded as a whole',
      long
        .split('')
        .map((c) => `%${c.charCodeAt(0).toString(16)}`)
        .join(''),
    ],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(long))],
    ['percent-encoded beside an invalid byte', `%zz%E0%A4%A${encodeURIComponent(long)}%`],
    ['percent-encoded JSON', encodeURIComponent(go)],
    ['escaped for HTML', long.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('+', '&#43;')],
    [
      'escaped for JavaScript',
      long
        .split('')
        .map((c) => `\\x${c.charCodeAt(0).toString(16)}`)
        .join(''),
    ],
    ['in lower case', long.toLowerCase()],
    ['in upper case', long.toUpperCase()],
    ['in hex', bytes.toString('hex')],
    ['in upper-case hex', bytes.toString('hex').toUpperCase()],
    ['in hex behind another digit', `a${bytes.toString('hex')}`],
    ['as Node prints bytes', `<Buffer ${bytes.toString('hex').replaceAll(/../g, '$& ').trim()}>`],
    ['as a list of bytes', String(new Uint8Array(bytes))],
    ['as JSON of bytes', JSON.stringify(bytes)],
    ['as Go prints bytes', `[${[...bytes].join(' ')}]`],
    ['as Go prints bytes in hex', [...bytes].map((byte) => `0x${byte.toString(16)}`).join(', ')],
    [
      'as .NET prints bytes',
      bytes
        .toString('hex')
        .toUpperCase()
        .replaceAll(/..(?=.)/g, '$&-'),
    ],
    ['as xxd prints bytes', bytes.toString('hex').replaceAll(/....(?=.)/g, '$& ')],
    ['as a byte a line', [...bytes].join('\n')],
    ['as JSON of a typed array', JSON.stringify(new Uint8Array(bytes))],
    ['as JSON of bytes, with indents', `{${JSON.stringify([[[bytes]]], null, 8)}`],
    ['as a list of bytes in base64', Buffer.from(JSON.stringify([...bytes])).toString('base64')],
    ['in octal', [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')],
    ['escaped for Python', [...bytes].map((byte) => `\\U${byte.toString(16).padStart(8, '0')}`).join('')],
    ['in entities', [...bytes].map((byte) => `&#00${byte};`).join('')],
    ['in UTF-16 and base64', Buffer.from(long, 'utf16le').toString('base64')],
    ['in UTF-16 and hex', Buffer.from(long, 'utf16le').toString('hex')],
    ['with soft hyphens inside', long.replaceAll(/../g, '$&\u00ad')],
    ['with joiners inside', long.replaceAll(/../g, '$&\u200d\u034f')],
    ['behind a percent sign', `100%${long}`],
    ['in base64 behind other bytes', Buffer.from(`user:${long}`).toString('base64')],
    ['in base64 that is cut', bytes.toString('base64').slice(3, -3)],
    ['in base64 of base64', Buffer.from(bytes.toString('base64')).toString('base64')],
    ['in base64 of JSON of PHP', Buffer.from(php).toString('base64url')],
    ['in percent-encoded base64', encodeURIComponent(bytes.toString('base64'))],
    ['behind ten thousand spaces', `${' '.repeat(10_000)}${long}`],
    ['with invisible characters inside', long.replaceAll(/..../g, '$&\u200b')],
    ['with control characters inside', long.replaceAll(/..../g, '$&\x07')],
    ['beside letters', `xx${long}yy`],
  ])('removes every run of twelve characters of a key %s', (_how, spelled) => {
    const text = ofLong.redact(`before ${spelled} after`);
    const shown = [spelled.trim(), long, bytes.toString('hex'), bytes.toString('base64')];
    // What stands around the bytes in JSON is shown.
    for (const spelling of shown.filter((one) => !one.startsWith('{'))) {
      for (let at = 0; at + 12 <= spelling.length; at++) {
        expect(text.toLowerCase()).not.toContain(spelling.slice(at, at + 12).toLowerCase());
      }
    }
    expect(text).toMatch(/^before [^]*after$/);
    expect(text).toContain('[redacted]');
  });

  it.each([
    'aB3%2FdE6%2BgH9%3DkL2%2FnO5%2BqR8%3DtU1vW4',
    '%41%42%43%44%45%46%47%48%49%4a%4b%4c',
    String.raw`ab\cd\ef\gh\ij\kl\mn\op\qr`,
    'a&amp;b&lt;c&gt;d&quot;e&amp;f&lt;g&gt;h1',
  ])('has no run of a key that looks escaped: %s', (secret) => {
    const redactor = new Redactor();
    redactor.add(secret);
    for (const spell of [String, encodeURIComponent, (value: string) => value.slice(3, -3), JSON.stringify]) {
      const text = redactor.redact(`before ${spell(secret)} after`);
      for (let at = 0; at + 12 <= secret.length; at++) expect(text).not.toContain(secret.slice(at, at + 12));
    }
  });

  it('shows runs of fewer than ten characters', () => {
    expect(ofLong.redact(`begins with ${long.slice(0, 9)}`)).toBe(`begins with ${long.slice(0, 9)}`);
  });
});
