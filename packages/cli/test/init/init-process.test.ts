import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startProviderServer } from '@api-key-fallback/testing';
import { describe, expect, it } from 'vitest';
import { createProject } from '../create-project.ts';
import { runCli } from '../run-cli.ts';

const refused = 'sk-proj-refused0123456789abcdef';
const works = 'sk-proj-works0123456789abcdef';
const root = join(import.meta.dirname, '../../../..');
const bin = join(root, 'node_modules/.bin');
const packages = ['core', 'openai', 'anthropic', 'gemini', 'youtube', 'rapidapi', 'redis'].map(
  (name) => `@api-key-fallback/${name}`,
);

/** A folder with everything that a service needs, but without files of its own. */
function folder(files: Readonly<Record<string, string>> = {}): string {
  const cwd = createProject({ files, packages: [...packages, 'ioredis'] });
  const links = {
    '@types/node': 'node_modules/@types/node',
    openai: 'node_modules/openai',
    'api-key-fallback': 'packages/cli',
  };
  for (const [name, target] of Object.entries(links)) {
    const link = join(cwd, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, target), link);
  }
  return cwd;
}

/** Asynchronously, because the provider's server runs in this process. */
async function run(
  cwd: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number | null; readonly output: string }> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, args, { cwd, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, output: `${stdout}${stderr}` };
}

/** Checks the types of a project, with our sources in the place of what was built of them. */
function checkTypes(cwd: string) {
  const flags = ['--noEmit', '--customConditions', '@api-key-fallback/source', '--allowImportingTsExtensions'];
  // Our sources need a newer library than what is built of them.
  return run(cwd, join(bin, 'tsc'), ['-p', '.', '--lib', 'es2024', '--skipLibCheck', ...flags]);
}

/** Runs the program that tries the service. It uses sources, which are synchronous to load in CommonJS too. */
function tryService(cwd: string, file: string, env: Readonly<Record<string, string>>) {
  const conditions = '--conditions=@api-key-fallback/source';
  const command = file.endsWith('ts') ? join(bin, 'tsx') : process.execPath;
  return run(cwd, command, [conditions, file], env);
}

const strict = { target: 'es2023', module: 'nodenext', strict: true, types: ['node'] };
const tsconfig = (options: object = {}): string => JSON.stringify({ compilerOptions: { ...strict, ...options } });
const moduleManifest = JSON.stringify({ type: 'module' });

const styles = [
  { name: 'TypeScript, ES modules', end: 'ts', files: { 'package.json': moduleManifest, 'tsconfig.json': tsconfig() } },
  {
    name: 'TypeScript, ES modules, legacy decorators with metadata',
    end: 'ts',
    files: {
      'package.json': moduleManifest,
      'tsconfig.json': tsconfig({ experimentalDecorators: true, emitDecoratorMetadata: true, isolatedModules: true }),
    },
  },
  { name: 'TypeScript, CommonJS', end: 'ts', files: { 'tsconfig.json': tsconfig() } },
  {
    name: 'TypeScript, CommonJS that keeps its syntax',
    end: 'mts',
    files: { 'tsconfig.json': tsconfig({ verbatimModuleSyntax: true }) },
  },
  { name: 'JavaScript, ES modules', end: 'js', files: { 'package.json': moduleManifest } },
  { name: 'JavaScript, CommonJS', end: 'js', files: {} },
];

describe('init', () => {
  it.each(styles)('writes a service that runs, and that check accepts: $name', async ({ end, files }) => {
    await using server = await startProviderServer({ keys: { [works]: ['ok'] } });
    const cwd = folder(files);
    const { code, stdout } = await runCli(['init', '--yes'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain(`src/openai-service.${end}`);
    const env = { OPENAI_BASE_URL: server.openaiBaseURL };
    const example = readFileSync(join(cwd, '.env.example'), 'utf8');
    expect(example).toBe('OPENAI_API_KEY=\nOPENAI_API_KEY_2=\n');
    writeFileSync(join(cwd, '.env'), `OPENAI_API_KEY=${refused}\nOPENAI_API_KEY_2=${works}\n`);

    const fine = { status: 0, output: '' };
    expect(end === 'js' ? fine : await checkTypes(cwd)).toEqual(fine);
    // The first key is refused, so the call goes on with the second one.
    const tried = await tryService(cwd, `src/try-openai.${end}`, env);
    expect(tried.output).toContain('You said: Hello, how are you?');
    expect(tried.output).not.toContain(works);
    expect(tried.status).toBe(0);
    const checked = await runCli(['check', '--json', '--fail-on', 'none'], { cwd, env });
    expect(JSON.parse(checked.stdout)).toMatchObject({ summary: { total: 2 } });
  });

  it('writes services of the other providers with the right types', async () => {
    const cwd = folder({ 'package.json': moduleManifest, 'tsconfig.json': tsconfig({ noUnusedLocals: true }) });
    for (const name of ['anthropic', 'gemini', 'youtube', 'rapidapi']) {
      expect((await runCli(['init', '--yes', '--provider', name, '--store', 'redis'], { cwd })).code).toBe(0);
    }
    expect(await checkTypes(cwd)).toEqual({ status: 0, output: '' });
  }, 120_000);

  it('writes a project into an empty folder', async () => {
    const cwd = createProject();
    const inner = join(cwd, 'new');
    const { code, stdout } = await runCli(['init', '--yes', '--cwd', 'new', '--store', 'file', '--keys', '3'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(join(inner, 'package.json'), 'utf8'))).toMatchObject({ type: 'module' });
    expect(readFileSync(join(inner, '.env.example'), 'utf8')).toBe(
      'OPENAI_API_KEY=\nOPENAI_API_KEY_2=\nOPENAI_API_KEY_3=\nAPI_KEY_STATE_DIR=.api-key-state\n',
    );
    expect(readFileSync(join(inner, '.gitignore'), 'utf8')).toBe('.env\n.env.local\n.api-key-state/\n');
    expect(stdout).toContain('npm install @api-key-fallback/core @api-key-fallback/openai openai');
    expect(stdout).toContain('npx tsx src/try-openai.ts');
  });

  it('changes no line of a file that exists, and never touches .env', async () => {
    const files = {
      '.env': `OPENAI_API_KEY=${works}\n`,
      '.env.example': '# mine\nPORT=3000\nOPENAI_API_KEY=fill me in',
      '.gitignore': 'node_modules\n.env\n',
      'src/openai-service.js': '// mine\n',
      'api-key-fallback.config.mjs': '// mine\n',
      'pnpm-lock.yaml': '',
    };
    const cwd = createProject({ files });
    const read = (path: string) => readFileSync(join(cwd, path), 'utf8');
    const { stdout } = await runCli(['init', '--yes', '--provider', 'openai,youtube'], { cwd });
    expect(read('.env')).toBe(files['.env']);
    expect(read('.env.example')).toBe(
      '# mine\nPORT=3000\nOPENAI_API_KEY=fill me in\nOPENAI_API_KEY_2=\nYOUTUBE_API_KEY=\nYOUTUBE_API_KEY_2=\n',
    );
    expect(read('.gitignore')).toBe('node_modules\n.env\n.env.local\n');
    expect(read('src/openai-service.js')).toBe('// mine\n');
    expect(stdout).toMatch(/src\/openai-service\.js +exists, kept as it is/);
    expect(stdout).toContain(
      'pnpm add @api-key-fallback/core @api-key-fallback/openai openai @api-key-fallback/youtube',
    );
    expect(stdout).toContain('Write your keys into .env.');

    const again = await runCli(['init', '--yes', '--provider', 'openai,youtube', '--force', '--json'], { cwd });
    expect(JSON.parse(again.stdout)).toMatchObject({
      command: 'init',
      files: expect.arrayContaining([
        { path: '.env.example', result: 'same' },
        { path: 'src/openai-service.js', result: 'replaced' },
        { path: 'src/try-openai.js', result: 'same' },
      ]),
    });
    expect(read('.env')).toBe(files['.env']);
    expect(read('src/openai-service.js')).toContain('wrapWithFallback');
  });

  it.each([
    { args: [], says: 'There is no terminal to ask on. Run: api-key-fallback init --yes' },
    { args: ['--yes', '--keys', '0'], says: 'Write a number from 1 to 100' },
    { args: ['--yes', '--provider', 'groq'], says: 'init writes no service for "groq"' },
    { args: ['--yes', '--store', 'mysql'], says: 'mysql' },
  ])('explains $args, and writes nothing', async ({ args, says }) => {
    const cwd = createProject();
    const { code, stderr } = await runCli(['init', ...args], { cwd });
    expect(stderr).toContain(says);
    expect(code).toBe(2);
    expect(existsSync(join(cwd, '.env.example'))).toBe(false);
  });
});
