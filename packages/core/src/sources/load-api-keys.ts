import { defaultPool } from '../base/provider-name.ts';
import { checkVariableName, shortened } from '../base/check-arguments.ts';
import { checkOptionNames } from '../base/check-option-names.ts';
import { NoApiKeysError } from '../base/errors.ts';
import {
  checkEnvFileOptions,
  readEnvFiles,
  type EnvFileOptions,
  type EnvFiles,
  type Variables,
} from '../env/environment.ts';
import { findKeys, type FoundKeys, type NamedApiKey } from '../env/key-variables.ts';
import { EventLog, type LogOptions } from '../events/event-log.ts';
import { checkApiKeys } from '../pool/check-api-keys.ts';

/** Options of `loadApiKeys`: where the `.env*` files are, and the log for warnings. */
export interface LoadApiKeysOptions extends LogOptions, EnvFileOptions {}

const optionNames = new Set(['directory', 'environmentName', 'logger', 'logLevel', 'locale']);

/**
 * Loads the keys of a provider from the environment and the `.env*` files. Does not change `process.env`.
 *
 * Order: `BASE`, then `BASE_<n>` by number (gaps are allowed), then the list `BASES`, separated by commas, semicolons or
 * white space. Each of them can hold a JSON list of texts, and with `_FILE` behind its name the path of a file with the key: a
 * relative one starts at the working directory. Files follow dotenv-flow's precedence; the environment takes precedence over all
 * `.env*` files. Empty entries are skipped; so are a repeated key and a file that cannot be read, with a warning that names the
 * variables. The `label` of each key is the variable it was read from.
 *
 * @throws NoApiKeysError if no key is found; the message names the variables, the folder and the files that were read.
 * @throws InvalidOptionsError for the name of a variable of more than 100 characters or with white space or `=`, for a list that is
 * not JSON, for a file that is neither UTF-8 nor UTF-16, and for a key that contains white space or control characters or has more
 * than 4096 characters; the message names its variable.
 * @example
 * const manager = new OpenAIKeyManager(loadApiKeys('OPENAI_API_KEY'));
 */
export function loadApiKeys(baseName: string, options: LoadApiKeysOptions = {}): NamedApiKey[] {
  checkOptionNames('options', options, optionNames, "{ directory: '.' }");
  return readApiKeys(baseName, options);
}

/** Does the work of {@link loadApiKeys} with options whose names are checked, which can be those of a key manager. */
export function readApiKeys(baseName: string, options: LoadApiKeysOptions): NamedApiKey[] {
  checkVariableName('The argument of loadApiKeys()', baseName);
  checkEnvFileOptions(options);
  const files = readEnvFiles(options);
  const log = new EventLog({ provider: baseName, pool: defaultPool }, baseName, options);
  const variables = { ...files.variables, ...process.env };
  const found = findKeys(baseName, variables);
  for (const file of found.unreadable) log.warn(`The file of ${file} cannot be read and is skipped`);
  const keys = checkApiKeys(found.keys, (text) => log.warn(text));
  if (keys.length === 0) throw noKeysError(baseName, files, found);
  for (const [name, number] of joinedNumbers(baseName, variables)) {
    log.warn(`${name} is not read. Rename it to ${baseName}_${number}`);
  }
  return keys.map(({ key, label = baseName }) => ({ key, label }));
}

function noKeysError(
  baseName: string,
  { directory, files, variables }: EnvFiles,
  { empty, unreadable }: FoundKeys,
): NoApiKeysError {
  const where =
    files.length > 0
      ? `the environment and ${files.join(', ')} of ${directory}`
      : `the environment (no .env file in ${directory})`;
  // An exported variable takes precedence even when it is empty.
  const named = empty.map((name) =>
    process.env[name] !== undefined && variables[name] ? `${name} (exported, hides .env)` : name,
  );
  const similar = shortened(similarNames(baseName, { ...variables, ...process.env }).join(', '), 300);
  const hints = [
    ...(named.length > 0 ? [`Set but empty: ${shortened(named.join(', '), 300)}.`] : []),
    ...(similar.length > 0 ? [`Set under another name: ${similar}. Rename it to ${baseName}.`] : []),
    ...(unreadable.length > 0 ? [`Files that cannot be read: ${shortened(unreadable.join(', '), 300)}.`] : []),
  ];
  const names = `${baseName}, ${baseName}_2, ${baseName}_3, …, ${baseName}S and each of them with _FILE`;
  return new NoApiKeysError([`No API key found: looked for ${names} in ${where}.`, ...hints].join(' '));
}

/** The names that people confuse with the right one, such as `OPENAI_KEY` and `OPENAI_API_KEY2`. */
function similarNames(baseName: string, variables: Variables): string[] {
  const plain = (name: string) =>
    name
      .toLowerCase()
      .replaceAll(/[^a-z]|api/g, '')
      .replace(/s$/, '');
  const isLookedFor = (name: string) => name === baseName || name === `${baseName}S` || name.startsWith(`${baseName}_`);
  return Object.entries(variables)
    .filter(([name, value]) => value?.trim() && plain(name) === plain(baseName) && !isLookedFor(name))
    .map(([name]) => name);
}

/** Variables such as `OPENAI_API_KEY2`, each with its number. */
function joinedNumbers(baseName: string, variables: Variables): [name: string, number: string][] {
  return Object.entries(variables)
    .filter(([name, value]) => name.startsWith(baseName) && value?.trim())
    .map(([name]): [string, string] => [name, name.slice(baseName.length)])
    .filter(([, number]) => /^\d{1,15}$/.test(number));
}
