import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkClientPackages } from '../../src/doctor/check-client-packages.ts';
import { checkClientRetries } from '../../src/doctor/check-client-retries.ts';
import { checkCoreCopies } from '../../src/doctor/check-core-copies.ts';
import { checkDecorators } from '../../src/doctor/check-decorators.ts';
import { checkEnvFiles } from '../../src/doctor/check-env-files.ts';
import { checkNode } from '../../src/doctor/check-node.ts';
import { isInRange } from '../../src/doctor/is-in-range.ts';
import { sourcesWithLibrary } from '../../src/doctor/source-files.ts';
import { doctor as texts } from '../../src/texts/english/doctor.ts';
import { createProject } from '../create-project.ts';

const core = '@api-key-fallback/core';

function manifest(name: string, version: string, rest: object = {}): string {
  return JSON.stringify({ name, version, ...rest });
}

describe('checkNode', () => {
  it.each([
    ['22.15.0', 'fine'],
    ['24.1.0', 'fine'],
    ['22.14.9', 'error'],
    ['20.19.0', 'error'],
  ])('finds %s %s', (version, level) => {
    expect(checkNode(version, texts)).toMatchObject({ check: 'node', level });
  });
});

describe('checkCoreCopies', () => {
  it('counts a copy once that pnpm links into several folders', () => {
    const folder = createProject({
      files: { [`node_modules/.pnpm/core@1.0.0/node_modules/${core}/package.json`]: manifest(core, '1.0.0') },
    });
    for (const from of ['node_modules', 'node_modules/.pnpm/openai@1.0.0/node_modules']) {
      const link = join(folder, from, core);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(folder, 'node_modules/.pnpm/core@1.0.0/node_modules', core), link);
    }
    expect(checkCoreCopies(folder, texts)).toMatchObject({ level: 'fine', message: expect.stringContaining('1.0.0') });
  });

  it('finds a second copy inside of another package', () => {
    const files = {
      [`node_modules/${core}/package.json`]: manifest(core, '1.0.0'),
      [`node_modules/some-lib/node_modules/${core}/package.json`]: manifest(core, '2.0.0'),
    };
    const finding = checkCoreCopies(createProject({ files }), texts);
    expect(finding).toMatchObject({ level: 'error', message: expect.stringContaining('2 copies') });
    expect(finding.message).toContain(`2.0.0 (node_modules/some-lib/node_modules/${core})`);
  });

  it('warns of two copies of one version', () => {
    const files = {
      [`node_modules/${core}/package.json`]: manifest(core, '1.0.0'),
      [`node_modules/some-lib/node_modules/${core}/package.json`]: manifest(core, '1.0.0'),
    };
    expect(checkCoreCopies(createProject({ files }), texts)).toMatchObject({ level: 'warning' });
  });

  it('says how to begin without a copy', () => {
    expect(checkCoreCopies(createProject(), texts)).toMatchObject({
      level: 'warning',
      action: expect.stringContaining('init'),
    });
  });
});

describe('checkClientPackages', () => {
  const adapter = '@api-key-fallback/openai';
  const peers = { peerDependencies: { [core]: '^1.0.0', openai: '^7.0.0' } };
  const install = (packages: readonly string[]) => `npm install ${packages.join(' ')}`;

  function check(client: Readonly<Record<string, string>>, more: object = {}) {
    const files = {
      [`node_modules/${adapter}/package.json`]: manifest(adapter, '1.0.0', { ...peers, ...more }),
      ...client,
    };
    return checkClientPackages(createProject({ files }), install, texts);
  }

  it('finds a client that is missing', () => {
    expect(check({})).toEqual([
      expect.objectContaining({
        level: 'error',
        action: 'Run: npm install openai@^7.0.0',
        message: expect.stringContaining('needs openai'),
      }),
    ]);
  });

  it('finds a client in a wrong version', () => {
    const found = check({ 'node_modules/openai/package.json': manifest('openai', '6.9.0') });
    expect(found).toEqual([expect.objectContaining({ level: 'error', message: expect.stringContaining('6.9.0') })]);
  });

  it('accepts a client that fits, and the lack of an optional one', () => {
    expect(check({ 'node_modules/openai/package.json': manifest('openai', '7.57.0') })).toMatchObject([
      { level: 'fine' },
    ]);
    expect(check({}, { peerDependenciesMeta: { openai: { optional: true } } })).toMatchObject([{ level: 'fine' }]);
  });

  it.each([
    ['7.0.0', '^7.0.0', true],
    ['7.1.0', '^7.0.5', true],
    ['7.0.4', '^7.0.5', false],
    ['8.0.0', '^7.0.0', false],
    ['6.2.0', '^5.0.0 || ^6.0.0', true],
    ['4.9.9', '^5.0.0 || ^6.0.0', false],
    ['10.6.1', '>=6.9.0', true],
    ['6.8.9', '>=6.9.0', false],
  ])('takes %s in %s as %s', (version, range, expected) => {
    expect(isInRange(version, range)).toBe(expected);
  });
});

describe('checkDecorators', () => {
  const decorated =
    "import { retryWithApiKeyFallback } from '@api-key-fallback/core';\nclass A { @retryWithApiKeyFallback() a() {} }\n";

  function check(compilerOptions: object, files: Readonly<Record<string, string>> = {}) {
    const tsconfig = JSON.stringify({ compilerOptions });
    const folder = createProject({ files: { 'src/chat.ts': decorated, 'tsconfig.json': tsconfig, ...files } });
    return checkDecorators(folder, sourcesWithLibrary(folder), texts);
  }

  it.each([
    { options: { target: 'es2023' }, level: 'fine', says: 'standard' },
    { options: { target: 'esnext', experimentalDecorators: true }, level: 'fine', says: 'legacy' },
    { options: { target: 'esnext', noEmit: true }, level: 'fine', says: 'standard' },
    { options: { target: 'ESNext' }, level: 'warning', says: '"target": "esnext"' },
    { options: { target: 'es2023', emitDecoratorMetadata: true }, level: 'error', says: 'emitDecoratorMetadata' },
    { options: { target: 'es2023', module: 'node16' }, level: 'warning', says: 'node16' },
  ])('finds $level with $options', ({ options, level, says }) => {
    expect(check(options)).toEqual([
      expect.objectContaining({ level, file: 'tsconfig.json', message: expect.stringContaining(says) }),
    ]);
  });

  it('reads what tsconfig.json extends', () => {
    const files = {
      'base.json': JSON.stringify({ compilerOptions: { target: 'esnext' } }),
      'tsconfig.json': '{ "extends": "./base.json" } // a comment',
    };
    expect(check({}, files)).toMatchObject([{ level: 'warning' }]);
  });

  it.each([
    { tool: 'next', level: 'error' },
    { tool: 'vitest', level: 'warning' },
  ])('finds that $tool compiles by itself', ({ tool, level }) => {
    const files = { 'package.json': JSON.stringify({ devDependencies: { [tool]: '1' } }) };
    expect(check({ target: 'es2023' }, files)).toMatchObject([{ level }]);
    expect(check({ target: 'es2023', experimentalDecorators: true }, files)).toMatchObject([{ level: 'fine' }]);
  });

  it('finds decorators in JavaScript', () => {
    expect(check({}, { 'src/chat.js': decorated })).toMatchObject([{ level: 'warning', file: 'src/chat.js' }]);
  });

  it('asks nothing of a project without decorators', () => {
    expect(check({ target: 'esnext' }, { 'src/chat.ts': `import '${core}';` })).toMatchObject([{ level: 'fine' }]);
  });
});

describe('checkClientRetries', () => {
  function check(text: string) {
    return checkClientRetries([{ path: 'src/chat.ts', text }], texts);
  }

  it.each([
    'new OpenAI({ apiKey })',
    'new OpenAI()',
    'new Anthropic({\n  apiKey,\n  maxRetries: 2,\n})',
    'new AzureOpenAI({ apiKey, fetch: wrap(fetch) })',
  ])('finds %s', (code) => {
    expect(check(`const a = 1;\nconst client = ${code};\n`)).toEqual([
      expect.objectContaining({
        level: 'warning',
        file: 'src/chat.ts',
        line: 2,
        action: expect.stringContaining('maxRetries: 0'),
      }),
    ]);
  });

  it.each([
    'new OpenAI({ apiKey, maxRetries: 0 })',
    'new OpenAI({ apiKey, fetch: wrap(fetch), maxRetries: 0 })',
    'new OpenAI(options)',
    'new OpenAI({ ...options })',
    '// new OpenAI({ apiKey })',
    '/* new OpenAI() */',
  ])('lets %s be', (code) => {
    expect(check(code)).toMatchObject([{ level: 'fine' }]);
  });

  it('reads only sources that use the library', () => {
    const client = 'export const client = new OpenAI();';
    const files = {
      'src/other.ts': client,
      'src/chat.ts': `import '${core}';\n${client}`,
      'dist/chat.js': `import '${core}';\n${client}`,
      'node_modules/x/index.js': `import '${core}';\n${client}`,
    };
    expect(sourcesWithLibrary(createProject({ files })).map(({ path }) => path)).toEqual(['src/chat.ts']);
  });

  // Root can read everything.
  it.skipIf(process.getuid?.() === 0)('passes over what this user cannot read', () => {
    const text = `import '${core}';`;
    const folder = createProject({ files: { 'chat.ts': text, 'secret.ts': text, 'data/seed.ts': text } });
    chmodSync(join(folder, 'data'), 0);
    chmodSync(join(folder, 'secret.ts'), 0);
    onTestFinished(() => chmodSync(join(folder, 'data'), 0o755));
    expect(sourcesWithLibrary(folder).map(({ path }) => path)).toEqual(['chat.ts']);
  });
});

describe('checkEnvFiles', () => {
  const key = 'OPENAI_API_KEY=sk-test-4f9a81c2e07b\n';

  function repository(files: Readonly<Record<string, string>>, tracked: readonly string[] = []): string {
    const folder = createProject({ files });
    const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: folder });
    git('init', '--quiet');
    if (tracked.length > 0) git('add', '--force', ...tracked);
    return folder;
  }

  it('finds keys in git', () => {
    const folder = repository({ '.env': key, '.gitignore': '.env\n' }, ['.env']);
    expect(checkEnvFiles(folder, texts)).toEqual([
      expect.objectContaining({
        level: 'error',
        file: '.env',
        action: expect.stringContaining('git rm --cached .env'),
      }),
    ]);
  });

  it('finds keys that git would add', () => {
    const folder = repository({ '.env': 'PORT=1\n', '.env.production': `export ${key}`, '.gitignore': '.env\n' });
    expect(checkEnvFiles(folder, texts)).toMatchObject([{ level: 'warning', file: '.env.production' }]);
  });

  it('warns before there is a .env', () => {
    expect(checkEnvFiles(repository({}), texts)).toMatchObject([{ level: 'warning', file: '.env' }]);
  });

  it('accepts ignored files, examples, and committed files without keys', () => {
    const files = { '.env': key, '.env.example': key, '.env.test': 'OPENAI_API_KEY=\n', '.gitignore': '.env\n' };
    expect(checkEnvFiles(repository(files, ['.env.example', '.env.test']), texts)).toMatchObject([{ level: 'fine' }]);
  });

  it('asks nothing without a repository', () => {
    const folder = createProject();
    writeFileSync(join(folder, '.env'), key);
    expect(checkEnvFiles(folder, texts)).toMatchObject([{ level: 'fine', message: texts.envNoGit.message }]);
  });
});
