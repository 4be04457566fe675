import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A source file of the project. */
export interface SourceFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly text: string;
}

const isSource = /(?<!\.d)\.[cm]?[jt]sx?$/;
const ignored = new Set(['node_modules', 'dist', 'build', 'out', 'coverage', 'vendor']);
const mostFiles = 10_000;
const longestFile = 1024 * 1024;

/** Reads the sources of a project that use the library, without what was built or installed. */
export function sourcesWithLibrary(folder: string): readonly SourceFile[] {
  return pathsBelow(folder)
    .slice(0, mostFiles)
    .filter((path) => isReadable(path) && statSync(path).size <= longestFile)
    .map((path) => ({ path: relative(folder, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }))
    .filter(({ text }) => text.includes('@api-key-fallback/'));
}

function pathsBelow(folder: string): readonly string[] {
  if (!isReadable(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ignored.has(entry.name) || entry.name.startsWith('.') ? [] : pathsBelow(path);
    return entry.isFile() && isSource.test(entry.name) ? [path] : [];
  });
}

/** Others can own a part of the project, such as the data of a database in a container. */
function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
