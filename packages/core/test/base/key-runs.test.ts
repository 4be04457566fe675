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
    for (const spelling of shown.filter((one) => !one.startsWith('{'))) {
      for (let at = 0; at + 12 <= spelling.length; at++) {
        expect(text.toLowerCase()).not.toContain(spelling.slice(at, at + 12).toLowerCase());
      }
    }
    expect(text).toMatch(/^before .*after$/);
    expect(text).toContain('[redacted]');
  });

  it('shows runs of fewer than ten characters', () => {
    expect(ofLong.redact(`begins with ${long.slice(0, 9)}`)).toBe(`begins with ${long.slice(0, 9)}`);
  });
});
