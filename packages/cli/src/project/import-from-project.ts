import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The path of a package's entry as the code of the project would find it; `undefined` if it is not installed there. */
export function resolveFromProject(directory: string, name: string): string | undefined {
  try {
    return createRequire(join(directory, 'package.json')).resolve(name);
  } catch {
    return undefined;
  }
}

/** Imports a package of the project; `undefined` if it is not installed. */
export async function importFromProject(directory: string, name: string): Promise<object | undefined> {
  const path = resolveFromProject(directory, name);
  return path === undefined ? undefined : ((await import(pathToFileURL(path).href)) as object);
}
