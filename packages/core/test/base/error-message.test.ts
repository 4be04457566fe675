import { describe, expect, it } from 'vitest';
import { errorMessage } from '../../src/base/error-message.ts';
import { redactor } from '../../src/base/redaction.ts';

function failed(message: string, status = 429): Error {
  return Object.assign(new Error(message), { status });
}

describe('errorMessage', () => {
  it("shows the provider's text of a message that is a JSON body", () => {
    const anthropic = {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'Your credit balance is too low' },
    };
    const google = {
      error: { code: 429, message: 'You exceeded your quota.\n* Quota: 20', status: 'RESOURCE_EXHAUSTED' },
    };
    const quoted = { error: { message: JSON.stringify(google), code: 429 } };
    expect(errorMessage(failed(`400 ${JSON.stringify(anthropic)}`, 400))).toBe('Your credit balance is too low');
    expect(errorMessage(failed(JSON.stringify(google)))).toBe('You exceeded your quota. * Quota: 20');
    expect(errorMessage(failed(JSON.stringify(quoted)))).toBe('You exceeded your quota. * Quota: 20');
    expect(errorMessage(failed('{"message":"You are not subscribed"}'))).toBe('You are not subscribed');
  });

  it('keeps every other message', () => {
    for (const message of [
      'Rate limit exceeded',
      '{"detail":"x"}',
      '{"error":{"message":""}}',
      '{ no JSON',
      '{}',
      'null',
    ]) {
      expect(errorMessage(failed(message))).toBe(message);
    }
    expect(errorMessage(failed('429 Rate limit exceeded'))).toBe('Rate limit exceeded');
  });

  it('is one line without control characters, whatever the provider sends', () => {
    const text = 'a\x1b[2Jb\x07c\r\nd\u0085e\u202ef\0';
    expect(errorMessage(failed(text))).toBe('a[2Jbc d ef');
    expect(errorMessage(failed(JSON.stringify({ message: text })))).toBe('a[2Jbc d ef');
    expect(errorMessage(text)).toBe('a[2Jbc d ef');
  });

  it('shows the beginning of a long message', () => {
    expect(errorMessage(failed('x'.repeat(10_000_000)))).toBe(`${'x'.repeat(300)}…`);
    expect(errorMessage(failed(`${' '.repeat(50_000)}down`))).toBe('down');
  });

  it('shows what is thrown in place of an error by its class', () => {
    expect(errorMessage(Buffer.from('bytes'))).toBe('[Buffer]');
    expect(errorMessage({ code: 7, stub: new Proxy({}, {}) })).toBe("{ code: 7, stub: '[Proxy]' }");
  });

  it('redacts a key that the JSON escapes', () => {
    redactor.add('sk-an-escaped-key-0123');
    const message = '{"error":{"message":"The key sk-an-\\u0065scaped-key-0123 is wrong"}}';
    expect(JSON.parse(message).error.message).toContain('sk-an-escaped-key-0123');
    expect(errorMessage(failed(message))).not.toContain('sk-an-escaped-key-0123');
  });
});
