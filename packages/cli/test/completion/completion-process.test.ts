import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProject, envText } from '../create-project.ts';
import { runCli } from '../run-cli.ts';

const key = 'sk-proj-first0123456789abcdef';
const main = join(import.meta.dirname, '../../src/main.ts');

/** A project in which the program is installed, with the script of each shell. */
async function project(shell: string): Promise<string> {
  const cwd = createProject({
    files: { '.env': envText({ OPENAI_API_KEY: key, OPENAI_API_KEYS: `${key}a,${key}b` }) },
    packages: ['@api-key-fallback/openai'],
  });
  mkdirSync(join(cwd, 'bin'));
  const program = join(cwd, 'bin', 'api-key-fallback');
  writeFileSync(
    program,
    `#!/bin/sh\nexec '${process.execPath}' --conditions=@api-key-fallback/source '${main}' "$@"\n`,
  );
  chmodSync(program, 0o755);
  const { stdout, code } = await runCli(['completion', shell], { cwd });
  expect(code).toBe(0);
  writeFileSync(join(cwd, `completion.${shell}`), stdout);
  return cwd;
}

function runIn(cwd: string, command: string, args: readonly string[]): string {
  const { HOME = '', PATH = '' } = process.env;
  const env = { HOME, PATH: `${join(cwd, 'bin')}:${PATH}` };
  const { stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout;
}

const isMissing = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status !== 0;

describe.skipIf(isMissing('bash'))('completion bash', () => {
  it.each([
    { line: ['da'], found: ['dashboard'] },
    { line: ['disable', 'openai', ''], found: ['OPENAI_API_KEY', 'OPENAI_API_KEYS[1]', 'OPENAI_API_KEYS[2]'] },
    { line: ['check', '--provider', '=', 'op'], found: ['openai'] },
    { line: ['check', '--fail'], found: ['--fail-on'] },
  ])('completes $line', async ({ line, found }) => {
    const cwd = await project('bash');
    const words = ['api-key-fallback', ...line].map((word) => `'${word}'`).join(' ');
    const script = `source completion.bash
COMP_WORDS=(${words})
COMP_CWORD=${line.length}
_api_key_fallback api-key-fallback
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const stdout = runIn(cwd, 'bash', ['-c', script]);
    expect(stdout.trim().split('\n')).toEqual(found);
    expect(stdout).not.toContain(key);
  });

  it('registers the function', async () => {
    const cwd = await project('bash');
    const stdout = runIn(cwd, 'bash', ['-c', 'source completion.bash; complete -p api-key-fallback']);
    expect(stdout).toBe('complete -o default -F _api_key_fallback api-key-fallback\n');
  });
});

describe.skipIf(isMissing('fish'))('completion fish', () => {
  it('completes providers and keys', async () => {
    const cwd = await project('fish');
    const complete = (line: string) =>
      runIn(cwd, 'fish', ['--no-config', '-c', `source completion.fish; complete -C '${line}'`])
        .trim()
        .split('\n');
    expect(complete('api-key-fallback dash')).toEqual(['dashboard']);
    expect(complete('api-key-fallback disable openai OPENAI_API_KEYS')).toEqual([
      'OPENAI_API_KEYS[1]',
      'OPENAI_API_KEYS[2]',
    ]);
  });
});

describe.skipIf(isMissing('zsh'))('completion zsh', () => {
  it('passes the words to the program', async () => {
    const cwd = await project('zsh');
    // Without an editor there is no completion system: these stand for it.
    const script = `compdef() { registered="$2" }
compadd() { shift; print -l -- "\${(@P)1}" }
source ./completion.zsh
print -- "$registered"
words=(api-key-fallback disable openai OPENAI_API_KEYS); CURRENT=4
_api_key_fallback`;
    const stdout = runIn(cwd, 'zsh', ['-f', '-c', script]);
    expect(stdout.trim().split('\n')).toEqual(['api-key-fallback', 'OPENAI_API_KEYS[1]', 'OPENAI_API_KEYS[2]']);
  });
});

describe('completion', () => {
  it('suggests the name of a shell', async () => {
    const { code, stderr } = await runCli(['completion', 'zhs'], { cwd: createProject() });
    expect(stderr).toContain('zsh');
    expect(code).toBe(2);
  });

  it('writes a script for PowerShell', async () => {
    const { stdout } = await runCli(['completion', 'powershell'], { cwd: createProject() });
    expect(stdout).toContain('Register-ArgumentCompleter -Native -CommandName api-key-fallback');
  });
});
