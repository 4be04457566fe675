import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadApiKeys, type Logger } from '@api-key-fallback/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

let directory: string;
let warnings: string[];
const logger: Logger = { debug: () => {}, info: () => {}, warn: (line) => warnings.push(line), error: () => {} };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'misnamed-keys-'));
  warnings = [];
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

function env(content: string): void {
  writeFileSync(join(directory, '.env'), content);
}

function load(): string[] {
  return loadApiKeys('ACME_KEY', { directory, logger }).map(({ key }) => key);
}

function refusal(): string {
  try {
    load();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('keys were found');
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
    const message = refusal();
    expect(message).toContain(` Set under another name: ${name}. Rename it to ACME_KEY.`);
    expect(message).not.toContain('sk-test');
  });

  it.each(['ACME_TOKEN', 'AWS_KEY', 'ACME_KEY_REGION', 'ACME', 'API_KEY'])('the error does not name %s', (name) => {
    vi.stubEnv(name, 'sk-test-4f9a81c2e07b');
    expect(refusal()).not.toContain('another name');
  });

  it('the error does not name one that is empty', () => {
    vi.stubEnv('ACME_API_KEY', '');
    expect(refusal()).not.toContain('another name');
  });
});
