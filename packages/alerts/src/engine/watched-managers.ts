import { registry, type ApiKeyManager, type KeyManagerEventName } from '@api-key-fallback/core';

/** Events after which an alert can begin or end. The rest changes by time. */
const changes = [
  'key.cooled-down',
  'key.disabled',
  'key.recovered',
  'keys.changed',
  'keys.refresh-failed',
  'keys.refreshed',
  'store.failed',
  'store.recovered',
] as const satisfies readonly KeyManagerEventName[];

/** Receives whose event it is. */
type Listener = (origin: { readonly provider: string; readonly pool: string }) => void;

/** The managers of a list; or those of the registry, which come and go. */
export class WatchedManagers {
  readonly #listed: readonly ApiKeyManager[] | undefined;
  readonly #stops: (() => void)[] = [];

  constructor(listed: readonly ApiKeyManager[] | undefined) {
    this.#listed = listed;
  }

  /** Those that exist now. */
  get current(): readonly ApiKeyManager[] {
    return this.#listed ?? registry.managers();
  }

  /** Calls the listener when something about a pool has changed. */
  onChange(listener: Listener): void {
    for (const name of changes) this.#on(name, listener);
    if (this.#listed) return;
    this.#stops.push(registry.on('registered', listener), registry.on('unregistered', listener));
  }

  /** Calls the listener when a call falls over to another key. */
  onFailover(listener: Listener): void {
    this.#on('call.fell-over', listener);
  }

  /** Removes all listeners. */
  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #on(name: KeyManagerEventName, listener: Listener): void {
    const stops = this.#listed?.map((manager) => manager.on(name, listener)) ?? [registry.on(name, listener)];
    this.#stops.push(...stops);
  }
}
