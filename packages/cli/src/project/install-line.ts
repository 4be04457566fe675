import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const lockFiles: readonly (readonly [file: string, command: string])[] = [
  ['pnpm-lock.yaml', 'pnpm add'],
  ['yarn.lock', 'yarn add'],
  ['bun.lock', 'bun add'],
  ['bun.lockb', 'bun add'],
  ['package-lock.json', 'npm install'],
];

/** The line that installs packages with the package manager of the project, which its lock file names. */
export function installLine(directory: string, packages: readonly string[]): string {
  return `${installCommand(directory)} ${[...new Set(packages)].join(' ')}`;
}

function installCommand(directory: string): string {
  const found = lockFiles.find(([file]) => existsSync(join(directory, file)));
  if (found) return found[1];
  // In a monorepo the lock file is above the project.
  const parent = dirname(directory);
  return parent === directory || existsSync(join(directory, '.git')) ? 'npm install' : installCommand(parent);
}
