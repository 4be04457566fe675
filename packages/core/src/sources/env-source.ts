import { resolve } from 'node:path';
import { sha256 } from '../base/node-builtins.ts';
import { checkVariableName } from '../base/check-arguments.ts';
import type { KeySource } from './key-source.ts';
import { loadApiKeys, type LoadApiKeysOptions } from './load-api-keys.ts';
import { watchDirectory } from './watch-directory.ts';

/**
 * The keys of the environment and the `.env*` files, as `loadApiKeys` reads them, loaded again when one of the files changes.
 *
 * @throws InvalidOptionsError for a base name that no variable can have.
 * @example
 * const manager = new OpenAIKeyManager(envSource('OPENAI_API_KEY'));
 */
export function envSource(baseName: string, options: LoadApiKeysOptions = {}): KeySource {
  checkVariableName('The argument of envSource()', baseName);
  return {
    name: baseName,
    load() {
      const keys = loadApiKeys(baseName, options);
      return { keys, version: sha256(JSON.stringify(keys)).toString('base64url') };
    },
    watch: (changed) => watchDirectory(resolve(options.directory ?? '.'), changed, (file) => file.startsWith('.env')),
  };
}
