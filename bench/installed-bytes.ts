import { lstatSync, readdirSync, readFileSync, existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

// npm always packs these.
const alwaysPacked = /^(package\.json|readme.*|licen[cs]e.*)$/i;

function sizeOf(path: string): number {
  const entry = lstatSync(path);
  if (!entry.isDirectory()) return entry.size;
  const names = readdirSync(path).filter((name) => name !== 'node_modules');
  return names.reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

function folderOf(name: string, importer: string): string {
  for (let folder = importer; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) return realpathSync(candidate);
    if (folder === dirname(folder)) throw new Error(`${name} is not installed.`);
  }
}

function packedBytes(folder: string, { files }: Manifest): number {
  // An installed package has only packed files; a workspace package has more.
  const isInstalled = folder.includes('node_modules');
  const names = readdirSync(folder).filter((name) => alwaysPacked.test(name) || isInstalled || files?.includes(name));
  return names.filter((name) => name !== 'node_modules').reduce((sum, name) => sum + sizeOf(join(folder, name)), 0);
}

/** The unpacked size in bytes of a package and its dependencies, without peer dependencies; each package counts once. */
export function installedBytes(name: string, importer: string, seen: Set<string> = new Set()): number {
  const folder = folderOf(name, importer);
  if (seen.has(folder)) return 0;
  seen.add(folder);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const needed = Object.keys(manifest.dependencies ?? {});
  return needed.reduce((sum, each) => sum + installedBytes(each, folder, seen), packedBytes(folder, manifest));
}
