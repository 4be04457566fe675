import { basename, dirname, join, resolve } from 'node:path';
import { fs } from '../base/node-builtins.ts';
import { readTextFile } from '../env/read-text-file.ts';
import type { ApiKeyInput } from '../pool/check-api-keys.ts';
import { withVersion, type KeySource } from './key-source.ts';
import { parseKeys } from './parse-keys.ts';
import { watchDirectory } from './watch-directory.ts';

/**
 * Keys from a file or a directory that can change, such as a secret that Kubernetes or Docker mounts. Changes are noticed at once,
 * and every 30 s at the latest.
 *
 * A file holds one key a line, or a JSON list of keys or of `{ key, label, … }`. In a directory each file holds one key, and its name
 * is the label; the order is that of the names. Files that begin with a dot are skipped. A relative path starts at the working
 * directory.
 *
 * @example
 * const manager = new OpenAIKeyManager(fileSource('/var/run/secrets/openai'));
 */
export function fileSource(path: string): KeySource {
  const absolute = resolve(path);
  return {
    name: `file ${basename(absolute)}`,
    load: () => withVersion(isDirectory(absolute) ? keysOfDirectory(absolute) : keysOfFile(absolute)),
    watch: (changed) => watchDirectory(isDirectory(absolute) ? absolute : dirname(absolute), changed),
  };
}

function isDirectory(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function keysOfFile(path: string): ApiKeyInput[] {
  return parseKeys(readTextFile(path, path), path);
}

function keysOfDirectory(directory: string): ApiKeyInput[] {
  const names = fs
    .readdirSync(directory)
    .filter((name) => !name.startsWith('.') && !isDirectory(join(directory, name)));
  return names
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => ({ key: readTextFile(join(directory, name), join(directory, name)).trim(), label: name }));
}
