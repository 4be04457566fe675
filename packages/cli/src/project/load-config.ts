import { existsSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';
import { errorMessage } from '@api-key-fallback/core/adapter';
import type { ProjectTexts } from '../texts/english/project.ts';
import { UsageError } from '../usage-error.ts';
import { checkConfig } from './check-config.ts';
import type { Config } from './config.ts';

/** A configuration, and the file that it is from. */
export interface LoadedConfig {
  readonly config: Config;
  readonly file?: string;
}

const extensions = ['ts', 'mts', 'js', 'mjs'] as const;

/** Loads the configuration of a project: the named file, or `api-key-fallback.config.*`; empty if there is none. */
export async function loadConfig(
  directory: string,
  { config: named }: { readonly config?: string },
  texts: ProjectTexts,
): Promise<LoadedConfig> {
  const files = named === undefined ? extensions.map((end) => `api-key-fallback.config.${end}`) : [named];
  const file = files.map((name) => resolve(directory, name)).find((path) => existsSync(path));
  if (file === undefined && named !== undefined) throw new UsageError(texts.noConfigFile(join(directory, named)));
  if (file === undefined) return { config: {} };
  return { config: checkConfig(await importConfig(file, texts), file, texts), file };
}

async function importConfig(file: string, texts: ProjectTexts): Promise<unknown> {
  // `npx` runs a program that the project has not installed.
  const own = new URL(`../index${extname(import.meta.filename)}`, import.meta.url);
  const alias = { 'api-key-fallback': fileURLToPath(own) };
  try {
    // Node.js itself loads what it can: packages would be compiled and loaded a second time otherwise.
    return await createJiti(file, { alias, interopDefault: true, tryNative: true }).import(file, { default: true });
  } catch (error) {
    throw new UsageError(texts.configFails(file, errorMessage(error)), { cause: error });
  }
}
