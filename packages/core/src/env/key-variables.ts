import { InvalidOptionsError } from '../base/errors.ts';
import { parseJson } from '../base/parse-json.ts';
import type { Variables } from './environment.ts';
import { readTextFile } from './read-text-file.ts';

/** A key and the environment variable it was read from. */
export interface NamedApiKey {
  /** The key in plain text. */
  readonly key: string;
  /** The variable's name, for example `OPENAI_API_KEY_2`; `OPENAI_API_KEYS[3]` for an entry of a list. */
  readonly label: string;
}

/** What the variables of a base name contain. */
export interface FoundKeys {
  readonly keys: NamedApiKey[];
  /** The names of the variables that are set, but hold no key. */
  readonly empty: string[];
  /** The files that could not be read, each with the variable that names it and the reason. */
  readonly unreadable: string[];
}

const commas = /,/;
const listSeparators = /[\s,;]+/;
const listExample = '["first-key", "second-key"]';

/** Reads `BASE`, `BASE_<n>` by number and the list `BASES`, and the files that `BASE_FILE`, `BASE_<n>_FILE` and `BASES_FILE` name. */
export function findKeys(baseName: string, variables: Variables): FoundKeys {
  const found: FoundKeys = { keys: [], empty: [], unreadable: [] };
  for (const name of [baseName, ...numberedNames(baseName, variables), `${baseName}S`]) {
    const value = own(variables, name);
    if (value !== undefined) addKeys(found, name, value, name === `${baseName}S` ? listSeparators : commas);
    const path = own(variables, `${name}_FILE`);
    if (path !== undefined) addFile(found, `${name}_FILE`, trimKey(path));
  }
  return found;
}

function own(variables: Variables, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

function numberedNames(baseName: string, variables: Variables): string[] {
  const prefix = `${baseName}_`;
  const names = Object.keys(variables)
    .filter((name) => name.startsWith(prefix) && /^\d{1,15}(?:_FILE)?$/.test(name.slice(prefix.length)))
    .map((name) => name.replace(/_FILE$/, ''));
  return [...new Set(names)].toSorted((a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)));
}

function addFile(found: FoundKeys, name: string, path: string): void {
  if (path === '') {
    found.empty.push(name);
    return;
  }
  try {
    addKeys(found, name, readTextFile(path, `The file of ${name}`), listSeparators);
  } catch (error) {
    if (error instanceof InvalidOptionsError) throw error;
    // The path is not shown: it can be a key in the wrong variable.
    found.unreadable.push(`${name} (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`);
  }
}

function addKeys(found: FoundKeys, name: string, value: string, separator: RegExp): void {
  const keys = splitKeys(name, trimKey(value), separator)
    .map(trimKey)
    .filter((key) => key !== '');
  if (keys.length === 0) found.empty.push(name);
  found.keys.push(...keys.map((key, index) => ({ key, label: keys.length === 1 ? name : `${name}[${index + 1}]` })));
}

function splitKeys(name: string, value: string, separator: RegExp): string[] {
  if (value.startsWith('{')) {
    throw new InvalidOptionsError(
      `${name} starts with "{". Write the key alone, or a JSON list of texts: ${listExample}.`,
    );
  }
  if (!value.startsWith('[')) return value.split(separator);
  const list = parseJson(value);
  if (Array.isArray(list) && list.every((entry) => typeof entry === 'string')) return list;
  throw new InvalidOptionsError(`${name} starts with "[", so it must be a JSON list of texts: ${listExample}.`);
}

function trimKey(value: string): string {
  const trimmed = value.replaceAll(/[\u200B-\u200D\u2060\uFEFF]/g, '').trim();
  return (/^(["'`])((?:(?!\1).)*)\1$/s.exec(trimmed)?.[2] ?? trimmed).trim();
}
