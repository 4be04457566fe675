import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import { run } from '../src/run.ts';

/** How a run of the program has ended. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends Ctrl-C when it aborts. */
  readonly signal?: AbortSignal;
}

const main = join(import.meta.dirname, '../src/main.ts');

/** Runs the program as a process of its own, in a project. */
export async function runCli(args: readonly string[], { cwd, env = {}, signal }: CliOptions): Promise<CliResult> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--conditions=@api-key-fallback/source', main, ...args], {
    cwd,
    // Without the developer's own keys.
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  signal?.addEventListener('abort', () => child.kill('SIGINT'));
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

interface HereOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly isTTY?: boolean;
  readonly signal?: AbortSignal;
}

/** Runs the program in this process, which has no adapters installed, with captured streams. */
export async function runHere(args: readonly string[], options: HereOptions): Promise<CliResult> {
  const { cwd, env = {}, columns = 80, isTTY = false, signal = new AbortController().signal } = options;
  const written = { stdout: '', stderr: '' };
  const capture = (name: keyof typeof written) => {
    const stream = new Writable({
      write(chunk, _encoding, done) {
        written[name] += String(chunk);
        done();
      },
    });
    return Object.assign(stream, { isTTY, columns, rows: 24 });
  };
  const stdin = Object.assign(new PassThrough(), { isTTY });
  // Core and commander read the environment of the process.
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const io = {
    stdout: capture('stdout'),
    stderr: capture('stderr'),
    stdin,
    env: { NODE_ENV: process.env['NODE_ENV'], ...env },
    cwd,
    signal,
  };
  try {
    return { code: await run(args, io), ...written };
  } finally {
    vi.unstubAllEnvs();
  }
}
