import { basename, resolve } from 'node:path';
import { parse } from 'dotenv';
import { listFiles } from 'dotenv-flow';
import { checkName } from '../base/check-arguments.ts';
import { fs } from '../base/node-builtins.ts';
import { readTextFile } from './read-text-file.ts';

/** Which `.env*` files are read. */
export interface EnvFileOptions {
  /** The directory of the `.env*` files. @default the working directory */
  readonly directory?: string;
  /** The `<name>` of the `.env.<name>` files that are read. @default NODE_ENV */
  readonly environmentName?: string;
}

/** Environment variables, by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The variables of the `.env*` files, and the files that they come from. */
export interface EnvFiles {
  readonly directory: string;
  /** The names of the files that were read. */
  readonly files: readonly string[];
  readonly variables: Variables;
}

/** @throws InvalidOptionsError for a directory or a name that is not a text of one line. */
export function checkEnvFileOptions({ directory, environmentName }: EnvFileOptions): void {
  if (directory !== undefined) checkName('directory', directory);
  if (environmentName !== undefined) checkName('environmentName', environmentName);
}

/**
 * Reads the `.env*` files by dotenv-flow's precedence, without changing `process.env`.
 *
 * @throws InvalidOptionsError for a file that is neither UTF-8 nor UTF-16; the error of the file system for one that cannot be read.
 */
export function readEnvFiles({ directory, environmentName = process.env['NODE_ENV'] }: EnvFileOptions): EnvFiles {
  const path = resolve(directory ?? '.');
  const listed = listFiles({ path, ...(environmentName ? { node_env: environmentName } : {}) });
  // Docker creates a directory where a mounted file is missing, and Python's virtual environments can be called .env.
  const files = listed.filter((file) => fs.existsSync(file) && !fs.statSync(file).isDirectory());
  // Each file is read once: a second read of a named pipe can block, or be empty.
  const parsed = files.map((file) => parse(readTextFile(file, file)));
  return {
    directory: path,
    files: files.map((file) => basename(file)),
    variables: Object.assign({}, ...parsed) as Variables,
  };
}
