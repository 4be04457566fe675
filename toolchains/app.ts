import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, inject, vi } from 'vitest';
import { copyPackages } from './pack-packages.ts';

export const tools = join(import.meta.dirname, 'node_modules');

/** The text of the program: `runProgram`, which uses the packages. */
export const program = readFileSync(join(import.meta.dirname, 'run-program.ts'), 'utf8');

/** The program with a last line that runs it. */
export const main = `${program}
void runProgram(process.env['PROVIDER_URL'] ?? '').then((result) => console.log(JSON.stringify(result)));
`;

/** What `runProgram` returns where there is a file system. */
export const expectedResult = {
  loaded: ['TOOLCHAIN_KEY', 'TOOLCHAIN_KEY_2'],
  chat: 'pong',
  streamed: 'pong',
  fetched: 'pong',
  shared: ['disabled', 'healthy'],
};

function linesOfCall(message: string): string[] {
  return [
    'INFO: OpenAI: Using key 1/2',
    `WARNING: OpenAI: Error on attempt 1/1: ${message}`,
    'WARNING: OpenAI: Key 1/2 failed. Trying next key...',
    'INFO: OpenAI: Using key 2/2',
    'INFO: OpenAI: Attempt 1/1 with key 2/2',
    'INFO: OpenAI: Success with key 2/2',
  ];
}

const refused =
  'Incorrect API key provided: sk-proj-********************abcd. You can find your API key at https://platform.openai.com/account/api-keys.';

/** The lines that the program logs. */
export const expectedLog = [
  ...[refused, 'Overloaded', refused, refused].flatMap(linesOfCall),
  'INFO: OpenAI: Key 1/2 is disabled (invalid-key), reported by another process',
];

/** What a command wrote. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder outside of this repository, in which a program is built and runs. */
export class App {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Creates a folder with these files, and with the packed packages unless `installed` is false. */
  static async create(files: Readonly<Record<string, string>>, { installed = true } = {}): Promise<App> {
    const app = new App(await mkdtemp(join(tmpdir(), 'app-')));
    if (installed) await app.run('cp', '-al', join(inject('installed'), 'node_modules'), app.folder);
    const dotenv = 'TOOLCHAIN_KEY=sk-test-1d7c09f3b5a2\nTOOLCHAIN_KEY_2=sk-test-e82a64c90d1f\n';
    const manifest = JSON.stringify({ private: true, type: 'module' });
    await app.write({ '.env': dotenv, 'package.json': manifest, ...files });
    return app;
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(this.path(name)), { recursive: true });
      await writeFile(this.path(name), content);
    }
  }

  /** Copies a file or folder of this app to another one. */
  async copyTo(other: App, name: string): Promise<void> {
    await cp(this.path(name), other.path(name), { recursive: true });
  }

  async remove(name: string): Promise<void> {
    await rm(this.path(name), { recursive: true });
  }

  /** Copies more packages into `node_modules`. */
  async install(...names: string[]): Promise<void> {
    await copyPackages(names, this.folder);
  }

  environment(): NodeJS.ProcessEnv {
    const { PATH } = process.env;
    return {
      PATH: [join(tools, '.bin'), PATH].join(delimiter),
      HOME: this.folder,
      PROVIDER_URL: inject('providerURL'),
      HOSTNAME: '127.0.0.1',
      NEXT_TELEMETRY_DISABLED: '1',
    };
  }

  #spawn(command: string, args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
    return spawn(command, args, { cwd: this.folder, env: this.environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Starts a command in the folder that runs until it is disposed of. */
  start(command: string, ...args: string[]): RunningCommand {
    return new RunningCommand(this.#spawn(command, args));
  }

  /** Runs a command in the folder, and expects that it succeeds. */
  async run(command: string, ...args: string[]): Promise<Output> {
    const child = this.#spawn(command, args);
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}.\n${stdout}\n${stderr}`);
    return { stdout, stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Runs the program in the folder of an app, and expects its result on stdout and its log on stderr. */
export async function expectProgram(app: App, command: string, ...args: string[]): Promise<Output> {
  const output = await app.run(command, ...args);
  expect(JSON.parse(output.stdout)).toEqual(expectedResult);
  expect(logLines(output.stderr)).toEqual(expectedLog);
  return output;
}

/** A command that runs. */
export class RunningCommand {
  /** What it has written. */
  output = '';
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;

  constructor(child: ChildProcessByStdio<null, Readable, Readable>) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => (this.output += part));
    }
  }

  /** Resolves when the command has written this. */
  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    return vi.waitFor(
      () => {
        const match = pattern.exec(this.output);
        if (!match) throw new Error(`${String(pattern)} is not in the output: ${this.output}`);
        return match;
      },
      { timeout: 30_000 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }
}

/** Returns the lines of a text that are lines of the log. */
export function logLines(output: string): string[] {
  const lines = output.split('\n').map((line) => line.trim().replace(/^stderr: /, ''));
  return lines.filter((line) => /^(?:DEBUG|INFO|WARNING|ERROR): /.test(line));
}
