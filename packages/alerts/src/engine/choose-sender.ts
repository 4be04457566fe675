import type { ApiKeyManager, KeyStateStore } from '@api-key-fallback/core';
import type { FullRuntime } from '@api-key-fallback/core/adapter';
import { aloneSender, type Sender } from './sender.ts';
import { SharedSender, type NoteStore } from './shared-sender.ts';

/** What decides which processes send together. */
export interface SenderOptions {
  /** The store that was given; `false` for none. */
  readonly store: KeyStateStore | false | undefined;
  readonly managers: readonly ApiKeyManager[];
  /** Processes send together if their watches have the same name. */
  readonly watchName: string;
  readonly runtime: FullRuntime;
}

/** Returns the sender of a provider: one for all processes that share the store, or one for this process alone. */
export function chooseSender(provider: string, { store, managers, watchName, runtime }: SenderOptions): Sender {
  const own = managers.find((manager) => manager.provider === provider && manager.store)?.store;
  const chosen = store ?? own;
  return chosen && hasNotes(chosen) ? new SharedSender(chosen, { provider, watchName, runtime }) : aloneSender;
}

function hasNotes(store: KeyStateStore): store is NoteStore {
  return store.readNote !== undefined;
}
