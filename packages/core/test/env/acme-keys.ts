import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadApiKeys, type Logger } from '@api-key-fallback/core';
import { afterEach, beforeEach, vi } from 'vitest';

export let directory: string;
export let warnings: string[];
export const logger: Logger = {
  debug: () => {},
  info: () => {},
  warn: (line) => warnings.push(line),
  error: () => {},
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'acme-keys-'));
  warnings = [];
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

/** Writes files into the directory of the test. */
export function files(contents: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(directory, name), content);
}

/** Loads the keys of ACME_KEY from the environment and the files of the test. */
export function load(environmentName?: string): string[] {
  const options = { directory, logger, ...(environmentName && { environmentName }) };
  return loadApiKeys('ACME_KEY', options).map(({ key }) => key);
}

/** The error of a load that finds no valid keys. */
export function refusal(): Error {
  try {
    load();
  } catch (error) {
    return error as Error;
  }
  throw new Error('keys were found');
}
