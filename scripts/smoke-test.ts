import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packPackage } from './packages/pack-package.ts';
import { publishedPackages } from './packages/published-packages.ts';

// Installs tarballs with npm in an empty project, and runs a program there with the Node that `--node` names: by default
// the one that runs this script. The packages have to be built.

const { values } = parseArgs({ options: { node: { type: 'string', default: process.execPath } } });
/** The packages that the program and the command line need. */
const needed = new Set(['alerts', 'cli', 'core', 'dashboard', 'openai', 'telemetry', 'testing']);
const project = mkdtempSync(join(tmpdir(), 'smoke-'));
const isWindows = process.platform === 'win32';

function run(command: string, ...args: string[]): string {
  // npm is a script on Windows, and only a shell starts it.
  const shell = isWindows && command === 'npm';
  return execFileSync(command, args, { cwd: project, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', shell });
}

try {
  mkdirSync(join(project, 'tarballs'));
  const packed = publishedPackages().filter(({ name }) => needed.has(name));
  const tarballs = packed.map((published) => packPackage(published, join(project, 'tarballs')));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs);
  cpSync(join(import.meta.dirname, 'smoke-program.mjs'), join(project, 'program.mjs'));
  process.stdout.write(run(values.node, 'program.mjs'));
  const cli = join('node_modules', 'api-key-fallback', 'dist', 'main.js');
  process.stdout.write(`api-key-fallback ${run(values.node, cli, '--version')}`);
} finally {
  rmSync(project, { recursive: true, force: true });
}
