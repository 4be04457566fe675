import { describe, expect, it, vi } from 'vitest';
import { warnings, files, load, refusal } from '../env/acme-keys.ts';

function env(content: string): void {
  files({ '.env': content });
}

describe('a number without its underscore', () => {
  it('is warned of, because its key would be missed only in an outage', () => {
    vi.stubEnv('ACME_KEY', 'one');
    env('ACME_KEY2=two\nACME_KEY_3=three\nACME_KEY4=\nACME_KEYRING5=five');
    expect(load()).toEqual(['one', 'three']);
    expect(warnings).toEqual(['ACME_KEY: ACME_KEY2 is not read. Rename it to ACME_KEY_2']);
  });
});

describe('without a key, but with a variable of almost the same name', () => {
  it.each(['ACMEKEY', 'ACME_API_KEY', 'acme_key', 'ACME_API_KEYS', 'ACME_KEY2'])('the error names it: %s', (name) => {
    env(`${name}=sk-test-4f9a81c2e07b`);
    const message = refusal().message;
    expect(message).toContain(` Set under another name: ${name}. Rename it to ACME_KEY.`);
    expect(message).not.toContain('sk-test');
  });

  it.each(['ACME_TOKEN', 'AWS_KEY', 'ACME_KEY_REGION', 'ACME', 'API_KEY'])('the error does not name %s', (name) => {
    vi.stubEnv(name, 'sk-test-4f9a81c2e07b');
    expect(refusal().message).not.toContain('another name');
  });

  it('the error does not name one that is empty', () => {
    vi.stubEnv('ACME_API_KEY', '');
    expect(refusal().message).not.toContain('another name');
  });
});
