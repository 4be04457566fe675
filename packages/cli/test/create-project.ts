import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What a project has. */
export interface ProjectParts {
  /** Path → text. */
  readonly files?: Readonly<Record<string, string>>;
  /** Installed packages: ours, or ones that this package has. */
  readonly packages?: readonly string[];
}

const own = '@api-key-fallback/';

/** Creates the folder of a project, which is removed after the test. Returns its path. */
export function createProject({ files = {}, packages = [] }: ProjectParts = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'cli-project-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, text] of Object.entries({ 'package.json': '{}', ...files })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  for (const name of packages) {
    const link = join(directory, 'node_modules', name);
    const target = name.startsWith(own)
      ? join(import.meta.dirname, '../..', name.slice(own.length))
      : join(import.meta.dirname, '../node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link);
  }
  return directory;
}

/** The text of a `.env` file. */
export function envText(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
