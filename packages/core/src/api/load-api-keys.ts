import { createRequire } from 'node:module';
import { basename } from 'node:path';
import type * as DotenvFlow from 'dotenv-flow';
import { InvalidOptionsError, NoApiKeysError } from '../base/errors.ts';
import { fs } from '../base/node-builtins.ts';
import { EventLog, type LogOptions } from '../events/event-log.ts';
import { checkApiKeys } from '../pool/check-api-keys.ts';

/** Where keys are read from. */
export interface LoadApiKeysOptions extends LogOptions {
  /** Where the `.env*` files are. @default the working directory */
  readonly directory?: string;
  /** Which `.env.<name>` files count. @default NODE_ENV */
  readonly environmentName?: string;
}

/** A key and the variable it came from. */
export interface NamedApiKey {
  readonly key: string;
  readonly label: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

function readFiles({ directory = process.cwd(), environmentName = process.env['NODE_ENV'] }: LoadApiKeysOptions): {
  files: string[];
  variables: Variables;
} {
  const require = createRequire(import.meta.url);
  const { listFiles, parse } = require('dotenv-flow') as typeof DotenvFlow;
  const files = listFiles({ path: directory, ...(environmentName ? { node_env: environmentName } : {}) }).filter(
    (file) => fs.existsSync(file),
  );
  return { files, variables: files.length > 0 ? parse(files) : {} };
}

function clean(value: string): string {
  const trimmed = value.replaceAll(/[\u200B-\u200D\u2060\uFEFF]/g, '').trim();
  return (/^(["'`])((?:(?!\1).)*)\1$/s.exec(trimmed)?.[2] ?? trimmed).trim();
}

function split(name: string, value: string | undefined, separator: RegExp): NamedApiKey[] {
  const keys = clean(value ?? '')
    .split(separator)
    .map(clean)
    .filter((key) => key !== '');
  return keys.map((key, index) => ({ key, label: keys.length === 1 ? name : `${name}[${index + 1}]` }));
}

function named(baseName: string, variables: Variables): NamedApiKey[] {
  const prefix = `${baseName}_`;
  const numbered = Object.keys(variables)
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .toSorted((a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)));
  return [
    ...split(baseName, variables[baseName], /,/),
    ...numbered.flatMap((name) => split(name, variables[name], /,/)),
    ...split(`${baseName}S`, variables[`${baseName}S`], /[\s,;]+/),
  ];
}

function noKeys(baseName: string, files: readonly string[], variables: Variables): NoApiKeysError {
  const empty = Object.keys(variables).filter((name) => name === baseName || name.startsWith(`${baseName}_`));
  const where =
    files.length > 0
      ? `the environment and ${files.map((file) => basename(file)).join(', ')}`
      : 'the environment (no .env file found)';
  const hint = empty.length > 0 ? ` Set but empty: ${empty.join(', ')}.` : '';
  return new NoApiKeysError(
    `No API key found: looked for ${baseName}, ${baseName}_2, ${baseName}_3, … and ${baseName}S in ${where}.${hint}`,
  );
}

/**
 * Reads the keys of a provider from the environment and the `.env*` files, without changing `process.env`.
 *
 * Order: `BASE`, then `BASE_<n>` by number with gaps allowed, then the list `BASES` (commas, semicolons or white space
 * between). Files follow dotenv-flow's precedence, and the environment wins over them. Empty entries are skipped; a
 * repeated key is skipped with a warning that names the variables.
 *
 * Each key comes with the variable it was read from as its `label`, which logs and tables show.
 *
 * @throws NoApiKeysError naming the variables and files that were looked at.
 * @throws InvalidOptionsError naming a variable whose key has white space or control characters inside.
 * @example
 * const manager = new OpenAIKeyManager(loadApiKeys('OPENAI_API_KEY'));
 */
export function loadApiKeys(baseName: string, options: LoadApiKeysOptions = {}): NamedApiKey[] {
  if (typeof baseName !== 'string' || !/^[A-Za-z_]\w*$/.test(baseName)) {
    // Not shown: it may be a key in the wrong place.
    throw new InvalidOptionsError('The base name must be that of an environment variable, for example OPENAI_API_KEY.');
  }
  const log = new EventLog(baseName, options);
  const { files, variables: fromFiles } = readFiles(options);
  const variables = { ...fromFiles, ...process.env };
  const keys = checkApiKeys(named(baseName, variables), (text) => log.warn(text));
  if (keys.length === 0) throw noKeys(baseName, files, variables);
  return keys.map(({ key, label }) => ({ key, label }));
}
