import { resolve } from 'node:path';
import { checkVariableName } from '../base/check-arguments.ts';
import { withVersion, type KeySource } from './key-source.ts';
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
    load: () => withVersion(loadApiKeys(baseName, options)),
    watch: (changed) => watchDirectory(resolve(options.directory ?? '.'), changed, (file) => file.startsWith('.env')),
  };
}
