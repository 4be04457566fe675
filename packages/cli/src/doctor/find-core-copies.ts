import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readField } from '@api-key-fallback/core/adapter';

/** A copy of core that code of the project can load. */
export interface CoreCopy {
  readonly path: string;
  readonly version: string;
}

const core = join('@api-key-fallback', 'core');

/** Finds every copy of core in the `node_modules` of a folder and of the folders above it, each once. */
export function findCoreCopies(folder: string): readonly CoreCopy[] {
  const found = new Map<string, CoreCopy>();
  const visited = new Set<string>();
  for (const modules of modulesAbove(folder)) visit(modules, { found, visited });
  return [...found.values()];
}

interface Walk {
  /** By real path, because pnpm links one copy into many folders. */
  readonly found: Map<string, CoreCopy>;
  readonly visited: Set<string>;
}

/** The `node_modules` in which Node looks for packages, the nearest first. */
function modulesAbove(folder: string): readonly string[] {
  const modules = join(folder, 'node_modules');
  const above = dirname(folder);
  return [modules, ...(above === folder ? [] : modulesAbove(above))].filter((path) => existsSync(path));
}

function visit(modules: string, walk: Walk): void {
  const real = realpathSync(modules);
  if (walk.visited.has(real)) return;
  walk.visited.add(real);
  note(join(real, core), walk.found);
  for (const folder of packagesOf(real)) {
    const nested = join(folder, 'node_modules');
    if (existsSync(nested)) visit(nested, walk);
  }
}

/** The packages of a `node_modules`, and the folders in which pnpm keeps one version of a package each. */
function packagesOf(modules: string): readonly string[] {
  return foldersOf(modules).flatMap((name) => {
    const path = join(modules, name);
    if (name.startsWith('@') || name === '.pnpm') return foldersOf(path).map((inner) => join(path, inner));
    return [path];
  });
}

function foldersOf(path: string): readonly string[] {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name);
}

function note(folder: string, found: Map<string, CoreCopy>): void {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return;
  const path = realpathSync(folder);
  const version = readField(JSON.parse(readFileSync(manifest, 'utf8')), 'version');
  found.set(path, { path, version: String(version) });
}
