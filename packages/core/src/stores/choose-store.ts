import { checkName } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { FileStore } from './file-store.ts';
import type { KeyStateStore } from './key-state-store.ts';

const methods = ['sync', 'subscribe', 'lease', 'close'] as const;

/** The store of a manager. */
export interface ChosenStore {
  readonly store: KeyStateStore;
  /** Whether the manager made the store, and so has to close it. */
  readonly isOwn: boolean;
}

/**
 * Chooses the store of a manager: the given one, or a `FileStore` in API_KEY_STATE_DIR.
 *
 * @throws InvalidOptionsError when a method of the contract is missing or its kind is not a short name.
 */
export function chooseStore(given: KeyStateStore | false | undefined): ChosenStore | undefined {
  if (given === undefined) {
    const { API_KEY_STATE_DIR: directory } = process.env;
    return directory?.trim() ? { store: new FileStore(directory), isOwn: true } : undefined;
  }
  if (given === false) return undefined;
  const isObject = typeof given === 'object' && given !== null;
  const missing = methods.find((method) => !isObject || typeof given[method] !== 'function');
  if (missing === undefined) {
    checkName('kind', given.kind, 'The "kind" of a store');
    return { store: given, isOwn: false };
  }
  throw new InvalidOptionsError(
    `"store" must be a KeyStateStore, for example new FileStore('.api-key-state'); ${missing}() is missing.`,
  );
}
