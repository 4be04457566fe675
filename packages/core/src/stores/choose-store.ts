import { resolve } from 'node:path';
import { checkName } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import type { EnvFileOptions } from '../env/environment.ts';
import { setting } from '../env/settings.ts';
import { FileStore } from './file-store.ts';
import type { KeyStateStore } from './key-state-store.ts';

const methods = ['sync', 'subscribe', 'lease', 'close'] as const;

/** The store of a manager. */
export interface ChosenStore {
  readonly store: KeyStateStore;
  /** Call it when the manager is closed. Closes a store that was made for it, and that no other manager uses. */
  release(): Promise<void>;
}

interface SharedStore {
  readonly store: FileStore;
  users: number;
}

/** Path → the store of all managers that use this directory. One for each would read all files and write its own. */
const sharedStores = new Map<string, SharedStore>();

function sharedStore(directory: string): ChosenStore {
  const path = resolve(directory);
  const shared = sharedStores.get(path) ?? { store: new FileStore(path), users: 0 };
  sharedStores.set(path, shared);
  shared.users++;
  return {
    store: shared.store,
    async release() {
      if (--shared.users > 0) return;
      sharedStores.delete(path);
      await shared.store.close();
    },
  };
}

/**
 * Chooses the store of a manager: the given one, or a `FileStore` in API_KEY_STATE_DIR.
 *
 * @throws InvalidOptionsError when a method of the contract is missing or its kind is not a short name.
 */
export function chooseStore(given: KeyStateStore | false | undefined, files: EnvFileOptions): ChosenStore | undefined {
  if (given === undefined) {
    const directory = setting('API_KEY_STATE_DIR', files);
    return directory === undefined ? undefined : sharedStore(directory);
  }
  if (given === false) return undefined;
  const isObject = typeof given === 'object' && given !== null;
  const missing = methods.find((method) => !isObject || typeof given[method] !== 'function');
  if (missing === undefined) {
    checkName('kind', given.kind, 'The "kind" of a store');
    return { store: given, release: async () => {} };
  }
  throw new InvalidOptionsError(
    `"store" must be a KeyStateStore, for example new FileStore('.api-key-state'); ${missing}() is missing.`,
  );
}
