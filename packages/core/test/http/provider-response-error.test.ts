import { describe, expect, it } from 'vitest';
import { redactor } from '../../src/base/redaction.ts';
import { ProviderResponseError } from '../../src/http/provider-response-error.ts';

function errorOf(text: string, status = 429): ProviderResponseError {
  return new ProviderResponseError(new Response(null, { status, headers: { 'x-tag': 'seven' } }), text);
}

describe('an error response', () => {
  const limit = { code: 429, message: 'Resource exhausted', status: 'RESOURCE_EXHAUSTED' };

  it.each<[string, unknown, string, unknown]>([
    ['an object', { error: limit }, 'Resource exhausted', limit],
    ['a list with an object', [{ error: limit }], 'Resource exhausted', limit],
    ['a list with a message', [{ message: 'Slow down' }], 'Slow down', { message: 'Slow down' }],
    ['a list with a text', ['Slow down'], 'Slow down', 'Slow down'],
    ['a text', 'Slow down', 'Slow down', 'Slow down'],
    ['an error that is a text', { error: 'Slow down' }, 'Slow down', 'Slow down'],
    ['an error that is a text, with a message', { error: 'x', message: 'Slow down' }, 'Slow down', 'x'],
    ['an error that is a list', { error: [limit] }, 'Resource exhausted', limit],
    ['an empty list', [], 'HTTP 429', []],
    ['an empty object', {}, 'HTTP 429', {}],
    ['an empty text', '', 'HTTP 429', ''],
    ['nothing', null, 'HTTP 429', null],
    ['a number', 7, 'HTTP 429', 7],
  ])('says what the provider says: %s', (_name, body, message, error) => {
    expect(errorOf(JSON.stringify(body))).toMatchObject({
      status: 429,
      message,
      error,
      body,
      response: { data: body },
    });
  });

  it('keeps the beginning of long texts', () => {
    expect(errorOf('x'.repeat(60_000)).body).toBe(`${'x'.repeat(4096)}…`);
    expect(errorOf(JSON.stringify({ text: 'x'.repeat(60_000) })).body).toEqual({ text: `${'x'.repeat(4096)}…` });
  });

  it('leaves out headers that cannot be kept', () => {
    const key = 'a-key-in-a-name-4f9a81c2';
    redactor.add(key);
    const headers = { [`x-${key}`]: '1', 'x-long': 'y'.repeat(100_000), 'x-wide': '\u2026', 'retry-after': '7' };
    const error = new ProviderResponseError({ status: 429, headers } as unknown as Response, '');
    redactor.retire(key);
    expect([...error.headers]).toEqual([['retry-after', '7']]);
  });

  it.each([
    ['a plain text', 'no healthy upstream', 'no healthy upstream'],
    ['a page', '<!doctype html><title>Bad gateway</title>', 'HTTP 503'],
    ['no body', '', 'HTTP 503'],
  ])('keeps a body that is not JSON: %s', (_name, text, message) => {
    expect(errorOf(text, 503)).toMatchObject({ status: 503, message, error: text, body: text });
  });
});
