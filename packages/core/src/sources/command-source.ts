import { basename } from 'node:path';
import { InvalidOptionsError } from '../base/errors.ts';
import type { KeySource } from './key-source.ts';
import { parseKeys } from './parse-keys.ts';

/**
 * Keys that a command prints: one a line, or a JSON list of keys or of `{ key, label, … }`. The command runs without a shell. An exit
 * code other than 0 is a failed load.
 *
 * @throws InvalidOptionsError for anything but a list of texts.
 * @example
 * const manager = new OpenAIKeyManager(commandSource(['op', 'read', 'op://production/openai/key']));
 */
export function commandSource(command: readonly string[]): KeySource {
  const isValid = Array.isArray(command) && command.length > 0 && command.every(isArgument);
  if (!isValid) {
    throw new InvalidOptionsError(
      "commandSource() expects a command and its arguments as a list: ['op', 'read', 'op://…'].",
    );
  }
  const [file = '', ...args] = command;
  const name = `command ${basename(file)}`;
  return { name, load: async ({ signal }) => parseKeys(await run(file, args, signal), `The output of ${name}`) };
}

/** A NUL is refused here, because the error of Node quotes the argument. */
function isArgument(part: unknown): boolean {
  return typeof part === 'string' && !part.includes('\0');
}

function run(file: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const { execFile } = process.getBuiltinModule('node:child_process');
  return new Promise((resolve, reject) => {
    const options = { signal, encoding: 'utf8', windowsHide: true } as const;
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      // The error of Node repeats the arguments, which can contain a secret.
      if (error)
        reject(
          new Error(`${basename(file)} failed (${error.code ?? error.signal ?? error.name}): ${firstLine(stderr)}`),
        );
      else resolve(stdout);
    });
    child.stdin?.end();
    // It may ignore SIGTERM, and what it has started can outlive it. Neither must keep the process alive.
    const letGo = () => {
      child.kill('SIGKILL');
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
      child.unref();
    };
    signal.addEventListener('abort', letGo, { once: true });
  });
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.slice(0, 200) || 'it wrote nothing to stderr';
}
