import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readManifest, root } from '../packages/published-packages.ts';
import { tarballProblems } from '../packages/tarball-problems.ts';

const source = join(root, 'packages/openai');
const manifest = readManifest(source);
const { name } = manifest;
const published = { name: 'openai', folder: source, manifest };
let folder: string;

function write(file: string, content: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}

function map(...sources: string[]): string {
  return JSON.stringify({ version: 3, sources, mappings: '' });
}

/** Writes more files into an unpacked tarball, and returns its problems without the name of the package. */
function problemsWith(more: Readonly<Record<string, string>>): string[] {
  for (const [file, content] of Object.entries(more)) write(file, content);
  return tarballProblems(published, folder).map((problem) => problem.replace(`${name}: `, ''));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tarball-'));
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  write('package.json', JSON.stringify({ name, dependencies: { left: '^1.0.0' } }));
  write('README.md', '# OpenAI\n');
  write('src/index.ts', '');
  write('dist/index.js', '');
  write('dist/index.js.map', map('../src/index.ts'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('what a tarball contains', () => {
  it('is built files, their sources, and what npm always packs', () => {
    expect(problemsWith({})).toEqual([]);
  });

  it.each([
    '.env',
    'api/index.api.md',
    'dist/index.test.json',
    'dist/tsconfig.tsbuildinfo',
    'src/index.test.ts',
    'src/test/server.ts',
    'test/index.ts',
    'tsconfig.json',
  ])('is not %s', (file) => {
    expect(problemsWith({ [file]: '{}' })).toEqual([`${file} must not be packed`]);
  });

  it('has a licence', () => {
    rmSync(join(folder, 'LICENSE'));
    expect(problemsWith({})).toEqual(['LICENSE is missing']);
  });

  it('has ranges that npm can install', () => {
    const packed = JSON.stringify({ name, peerDependencies: { '@api-key-fallback/core': 'workspace:^' } });
    expect(problemsWith({ 'package.json': packed })).toEqual([
      'package.json: @api-key-fallback/core has the range workspace:^, which npm cannot install',
    ]);
  });

  it('has no build of a source that is gone', () => {
    expect(problemsWith({ 'dist/old.d.ts.map': map('../src/old.ts') })).toEqual([
      'dist/old.d.ts.map: the source ../src/old.ts is neither packed nor in the map',
    ]);
  });

  it('names no folder of the machine that built it', () => {
    expect(problemsWith({ 'dist/index.js': `import '${root}/packages/core';` })).toEqual([
      'dist/index.js names a folder of this machine',
    ]);
  });
});

describe('the licences of bundled packages', () => {
  const bundled = JSON.stringify({
    version: 3,
    sources: ['../../../node_modules/.pnpm/dotenv@16.6.1/node_modules/dotenv/lib/main.js'],
    sourcesContent: ['// dotenv'],
    mappings: '',
  });

  it('are there for each package that a source map names', () => {
    expect(problemsWith({ 'dist/index.js.map': bundled })).toEqual([
      'dist/THIRD-PARTY-LICENSES.md lacks the licence of dotenv',
    ]);
    expect(problemsWith({ 'dist/THIRD-PARTY-LICENSES.md': '## dotenv\n\nBSD' })).toEqual([]);
  });

  it('are there for a bundle without a source map', () => {
    expect(problemsWith({ 'dist/ui-files.js': 'export const uiFiles = {};' })).toEqual([
      'dist/ui-files.js is a bundle, and dist/THIRD-PARTY-LICENSES.md is missing',
    ]);
  });
});
