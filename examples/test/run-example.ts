import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const examples = join(import.meta.dirname, '..');

/** Starts an example as a user would, without the keys of this machine in its environment. */
export function startExample(
  file: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): ChildProcess {
  const script = /(?:^|-)demo\//.test(file) ? [] : [join(examples, '../scripts/run-example.ts')];
  const { PATH = '', HOME = '' } = process.env;
  // Not by the command tsx, which ends before the example if that is slow to take a signal.
  const node = ['--import', 'tsx', '--conditions=@api-key-fallback/source'];
  return spawn(process.execPath, [...node, ...script, join(examples, file), ...args], {
    cwd: examples,
    env: { PATH, HOME, NO_COLOR: '1', ...env },
  });
}

/** Runs an example and returns its exit code and output. */
export function runExample(
  file: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<{ code: number | null; output: string }> {
  const child = startExample(file, env, args);
  let output = '';
  child.stdout?.on('data', (chunk) => (output += String(chunk)));
  child.stderr?.on('data', (chunk) => (output += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
