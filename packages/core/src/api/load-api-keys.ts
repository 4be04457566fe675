import { basename } from 'node:path';
import { listFiles, parse } from 'dotenv-flow';
import { checkIsObject, checkName, checkVariableName, shortened } from '../base/check-arguments.ts';
import { NoApiKeysError } from '../base/errors.ts';
import { fs } from '../base/node-builtins.ts';
import { EventLog, type LogOptions } from '../events/event-log.ts';
import { checkApiKeys } from '../pool/check-api-keys.ts';

/** Options of `loadApiKeys`: where the `.env*` files are, and the log for warnings. */
export interface LoadApiKeysOptions extends LogOptions {
  /** The directory of the `.env*` files. @default the working directory */
  readonly directory?: string;
  /** The `<name>` of the `.env.<name>` files that are read. @default NODE_ENV */
  readonly environmentName?: string;
}

/** A key and the environment variable it was read from. */
export interface NamedApiKey {
  /** The key in plain text. */
  readonly key: string;
  /** The variable's name, for example `OPENAI_API_KEY_2`; `OPENAI_API_KEYS[3]` for an entry of a list. */
  readonly label: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

function readFiles({ directory = process.cwd(), environmentName = process.env['NODE_ENV'] }: LoadApiKeysOptions): {
  files: string[];
  variables: Variables;
} {
  const files = listFiles({ path: directory, ...(environmentName ? { node_env: environmentName } : {}) }).filter(
    (file) => fs.existsSync(file),
  );
  return { files, variables: files.length > 0 ? parse(files) : {} };
}

function trimKey(value: string): string {
  const trimmed = value.replaceAll(/[\u200B-\u200D\u2060\uFEFF]/g, '').trim();
  return (/^(["'`])((?:(?!\1).)*)\1$/s.exec(trimmed)?.[2] ?? trimmed).trim();
}

function splitKeys(name: string, variables: Variables, separator: RegExp): NamedApiKey[] {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  const keys = trimKey(value ?? '')
    .split(separator)
    .map(trimKey)
    .filter((key) => key !== '');
  return keys.map((key, index) => ({ key, label: keys.length === 1 ? name : `${name}[${index + 1}]` }));
}

function readKeys(baseName: string, variables: Variables): NamedApiKey[] {
  const prefix = `${baseName}_`;
  const numbered = Object.keys(variables)
    .filter((name) => name.startsWith(prefix) && /^\d{1,15}$/.test(name.slice(prefix.length)))
    .toSorted((a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)));
  return [
    ...splitKeys(baseName, variables, /,/),
    ...numbered.flatMap((name) => splitKeys(name, variables, /,/)),
    ...splitKeys(`${baseName}S`, variables, /[\s,;]+/),
  ];
}

function noKeysError(baseName: string, files: readonly string[], variables: Variables): NoApiKeysError {
  const empty = Object.keys(variables).filter((name) => name === baseName || name.startsWith(`${baseName}_`));
  const where =
    files.length > 0
      ? `the environment and ${files.map((file) => basename(file)).join(', ')}`
      : 'the environment (no .env file found)';
  const hint = empty.length > 0 ? ` Set but empty: ${shortened(empty.join(', '), 300)}.` : '';
  return new NoApiKeysError(
    `No API key found: looked for ${baseName}, ${baseName}_2, ${baseName}_3, … and ${baseName}S in ${where}.${hint}`,
  );
}

/**
 * Loads the keys of a provider from the environment and the `.env*` files. Does not change `process.env`.
 *
 * Order: `BASE`, then `BASE_<n>` by number (gaps are allowed), then the list `BASES`, separated by commas, semicolons or
 * white space. Files follow dotenv-flow's precedence; the environment takes precedence over all files. Empty entries are
 * skipped. A repeated key is skipped with a warning that names the variables. The `label` of each key is the variable it was
 * read from.
 *
 * @throws NoApiKeysError if no key is found; the message names the variables and files that were read.
 * @throws InvalidOptionsError for the name of a variable of more than 100 characters or with white space or `=`, and for a key that
 * contains white space or control characters or has more than 4096 characters; the message names its variable.
 * @example
 * const manager = new OpenAIKeyManager(loadApiKeys('OPENAI_API_KEY'));
 */
export function loadApiKeys(baseName: string, options: LoadApiKeysOptions = {}): NamedApiKey[] {
  checkVariableName('The argument of loadApiKeys()', baseName);
  checkIsObject('options', options);
  const { directory, environmentName } = options;
  if (directory !== undefined) checkName('directory', directory);
  if (environmentName !== undefined) checkName('environmentName', environmentName);
  const log = new EventLog(baseName, baseName, options);
  const { files, variables: fromFiles } = readFiles(options);
  const variables = { ...fromFiles, ...process.env };
  const keys = checkApiKeys(readKeys(baseName, variables), (text) => log.warn(text));
  if (keys.length === 0) throw noKeysError(baseName, files, variables);
  return keys.map(({ key, label }) => ({ key, label }));
}
