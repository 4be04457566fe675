import { safely } from '../base/safely.ts';
import { allEvents, checkListener } from '../events/event-hub.ts';
import { eventNames } from '../events/event-names.ts';
import type { EventOrigin, KeyManagerEventName, KeyManagerEvents } from '../events/events.ts';
import { poolOf } from '../pool/pool-of.ts';
import type { ApiKeyManager } from './api-key-manager.ts';

/** A manager that has come to the registry or left it. */
interface RegistryEvent extends EventOrigin {
  readonly manager: ApiKeyManager;
}

/** The events of the registry, by name: those of all its managers, and its own. Listen with `registry.on(name, listener)`. */
export interface RegistryEvents extends KeyManagerEvents {
  /** A manager was registered, or made at its first use. */
  registered: RegistryEvent;
  /** A manager was unregistered, replaced, or closed because its pool was idle. It can still run calls, whose events are not received. */
  unregistered: RegistryEvent;
}

/** Receives an event of the registry. Its return value, errors and rejections are ignored. */
export type RegistryListener<Name extends keyof RegistryEvents> = (event: RegistryEvents[Name]) => unknown;

/**
 * Runs for each manager; `isNew` is false for those that were there before. The returned function is called with `true` when the manager
 * leaves, and with `false` when the following ends.
 */
type Follow = (manager: ApiKeyManager, isNew: boolean) => (hasLeft: boolean) => void;

const namesOfAll = [...eventNames, 'registered', 'unregistered'];

/** Those that follow the managers of a registry, such as its listeners and tracers. */
export class ManagerFollowers {
  readonly #followed = new Map<Follow, Map<ApiKeyManager, (hasLeft: boolean) => void>>();
  #isUpdating = false;
  /** Whether a listener has changed the registry during an update. */
  #isOutdated = false;

  /** Follows these managers and those to come. Returns the function that ends it. */
  add(follow: Follow, managers: readonly ApiKeyManager[]): () => void {
    const followed = new Map(managers.map((manager) => [manager, follow(manager, false)]));
    this.#followed.set(follow, followed);
    return () => {
      this.#followed.delete(follow);
      for (const end of followed.values()) end(false);
      followed.clear();
    };
  }

  /** Notes that the managers have changed, and lets the followers know which have come and gone. */
  update(managersNow: () => readonly ApiKeyManager[]): void {
    this.#isOutdated = true;
    if (this.#isUpdating) return;
    this.#isUpdating = true;
    while (this.#isOutdated) {
      this.#isOutdated = false;
      this.#apply(managersNow());
    }
    this.#isUpdating = false;
  }

  #apply(managers: readonly ApiKeyManager[]): void {
    const all = new Set(managers);
    for (const [follow, followed] of this.#followed) {
      for (const [manager, end] of followed) {
        if (all.has(manager)) continue;
        followed.delete(manager);
        end(true);
        if (this.#isOutdated) return;
      }
      for (const manager of managers) {
        if (followed.has(manager) || !this.#followed.has(follow)) continue;
        const end = follow(manager, true);
        if (this.#followed.has(follow)) followed.set(manager, end);
        else end(false);
        if (this.#isOutdated) return;
      }
    }
  }
}

/** What a listener of the registry does for each manager. @throws InvalidOptionsError for an unknown name, or anything but a function */
export function followWith(name: keyof RegistryEvents | '*', listener: (...event: never) => unknown): Follow {
  checkListener(name, listener, namesOfAll);
  const isOfAll = name === allEvents;
  const emit = (own: 'registered' | 'unregistered', manager: ApiKeyManager) => {
    if (!isOfAll && name !== own) return;
    const { provider, pool } = manager;
    const event = { provider, pool, manager };
    const args = isOfAll ? [own, event] : [event];
    safely(() => listener(...(args as never)));
  };
  const isOfManagers = isOfAll || eventNames.some((known) => known === name);
  return (manager, isNew) => {
    const stop = isOfManagers ? poolOf(manager).events.on(name as KeyManagerEventName, listener) : undefined;
    if (isNew) emit('registered', manager);
    return (hasLeft) => {
      stop?.();
      if (hasLeft) emit('unregistered', manager);
    };
  };
}
