import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installLine } from '../../src/project/install-line.ts';
import { createProject } from '../create-project.ts';

describe('installLine', () => {
  it.each([
    ['package-lock.json', 'npm install a b'],
    ['pnpm-lock.yaml', 'pnpm add a b'],
    ['yarn.lock', 'yarn add a b'],
    ['bun.lock', 'bun add a b'],
  ])('uses the package manager of %s', (file, line) => {
    expect(installLine(createProject({ files: { [file]: '' } }), ['a', 'b', 'a'])).toBe(line);
  });

  it('finds the lock file of a monorepo above the project', () => {
    const root = createProject({ files: { 'pnpm-lock.yaml': '', '.git/HEAD': '' } });
    const directory = join(root, 'packages', 'service');
    mkdirSync(directory, { recursive: true });
    expect(installLine(directory, ['a'])).toBe('pnpm add a');
  });

  it('stops at the root of the repository', () => {
    const root = createProject({ files: { 'pnpm-lock.yaml': '', 'inner/.git/HEAD': '' } });
    expect(installLine(join(root, 'inner'), ['a'])).toBe('npm install a');
  });
});
