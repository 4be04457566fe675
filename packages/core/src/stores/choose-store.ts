import { InvalidOptionsError } from '../base/errors.ts';
import { FileStore } from './file-store.ts';
import type { KeyStateStore } from './key-state-store.ts';

const methods = ['sync', 'subscribe', 'lease', 'close'] as const;

/** The store that a manager uses; `isOwn` when nobody else can close it. */
export interface ChosenStore {
  readonly store: KeyStateStore;
  readonly isOwn: boolean;
}

/** The given store, or one in API_KEY_STATE_DIR. @throws InvalidOptionsError for what is no store. */
export function chooseStore(given: KeyStateStore | false | undefined): ChosenStore | undefined {
  if (given === undefined) {
    const { API_KEY_STATE_DIR: directory } = process.env;
    return directory?.trim() ? { store: new FileStore(directory), isOwn: true } : undefined;
  }
  if (given === false) return undefined;
  const isObject = typeof given === 'object' && given !== null;
  const missing = methods.find((method) => !isObject || typeof given[method] !== 'function');
  if (missing === undefined) return { store: given, isOwn: false };
  throw new InvalidOptionsError(
    `"store" must be a KeyStateStore, for example new FileStore('.api-key-state'); ${missing}() is missing.`,
  );
}
