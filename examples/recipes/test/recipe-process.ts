import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { vi } from 'vitest';

/** The folder of the recipes. */
export const recipes: string = join(import.meta.dirname, '..');

const running = new Set<ChildProcessByStdio<null, Readable, Readable>>();

// A failed test must leave no process running.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** What a process gets of the environment of the tests: no keys and no settings. */
export function bareEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), NO_COLOR: '1' };
}

/** A process of a recipe, started as its page says. */
export class RecipeProcess implements AsyncDisposable {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;

  constructor(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string = recipes) {
    const environment = { ...bareEnvironment(), ...env };
    this.#child = spawn(process.execPath, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.#child);
    this.#child.once('exit', () => running.delete(this.#child));
    this.#child.stdout.setEncoding('utf8').on('data', (part: string) => (this.stdout += part));
    this.#child.stderr.setEncoding('utf8').on('data', (part: string) => (this.stderr += part));
  }

  /** Starts a TypeScript file. Not by the command `tsx`, which starts a process of its own. */
  static start(file: string, env: Readonly<Record<string, string>>): RecipeProcess {
    return new RecipeProcess(['--import', 'tsx', file], env);
  }

  get output(): string {
    return this.stdout + this.stderr;
  }

  /** Resolves to the first group of the pattern as soon as the process has written it. */
  async waitFor(pattern: RegExp): Promise<string> {
    return vi.waitFor(
      () => {
        const match = pattern.exec(this.output);
        if (!match) throw new Error(`${String(pattern)} is not in the output: ${this.output}`);
        return match[1] ?? '';
      },
      { timeout: 60_000 },
    );
  }

  /** Resolves to the exit code as soon as the process has ended. */
  async exit(): Promise<number | null> {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    return child.exitCode;
  }

  /** Sends a signal, and resolves to the exit code. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal);
    return this.exit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
    assert.doesNotMatch(this.output, /sk-example-(?:first|second|third)/);
  }
}
