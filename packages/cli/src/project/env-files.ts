import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { parse } from 'dotenv';
import { listFiles } from 'dotenv-flow';

/** A `.env*` file of the project. */
export interface EnvFile {
  /** Its name without the directory. */
  readonly name: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Reads the files that core reads, to say where a variable is from. A later one comes before an earlier one. */
export function readEnvFiles(directory: string, env: NodeJS.ProcessEnv): readonly EnvFile[] {
  const { NODE_ENV: name } = env;
  return listFiles({ path: directory, ...(name ? { node_env: name } : {}) })
    .filter((file) => existsSync(file) && !statSync(file).isDirectory())
    .map((file) => {
      const bytes = readFileSync(file);
      // PowerShell writes UTF-16.
      const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
      const text = bytes.toString(isWide ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
      return { name: basename(file), text, variables: parse(text) };
    });
}

/** The file that a variable is from; `undefined` for one of the process, which comes before all files. */
export function fileOf(variable: string, files: readonly EnvFile[], env: NodeJS.ProcessEnv): EnvFile | undefined {
  if (env[variable] !== undefined) return undefined;
  return files.findLast(({ variables }) => Object.hasOwn(variables, variable));
}

/** The variables of the process and of all files, as core sees them. */
export function allVariables(files: readonly EnvFile[], env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.assign({}, ...files.map(({ variables }) => variables), Object.fromEntries(set)) as Record<
    string,
    string
  >;
}
