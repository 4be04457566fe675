import {
  registry,
  type ApiKeyManager,
  type CallTracer,
  type KeyManagerEventName,
  type KeyManagerListener,
} from '@api-key-fallback/core';

/** The managers of a list; or those of the registry, which come and go. */
export class WatchedManagers {
  readonly #listed: readonly ApiKeyManager[] | undefined;
  readonly #stops: (() => void)[] = [];

  constructor(listed: readonly ApiKeyManager[] | undefined) {
    this.#listed = listed && [...new Set(listed)];
  }

  /** Those that exist now. */
  get current(): readonly ApiKeyManager[] {
    return this.#listed ?? registry.managers();
  }

  /** Calls the listener at each event of this name, until `stop()`. */
  on<Name extends KeyManagerEventName>(name: Name, listener: KeyManagerListener<Name>): void {
    const stops = this.#listed?.map((manager) => manager.on(name, listener)) ?? [registry.on(name, listener)];
    this.#stops.push(...stops);
  }

  /** Calls the listener for each manager that leaves the registry, until `stop()`. Those of a list stay. */
  onLeave(listener: (manager: ApiKeyManager) => void): void {
    if (!this.#listed) this.#stops.push(registry.on('unregistered', ({ manager }) => listener(manager)));
  }

  /** Traces the calls, until `stop()`. */
  trace(tracer: CallTracer): void {
    const stops = (this.#listed ?? [registry]).map((source) => source.trace(tracer));
    this.#stops.push(...stops);
  }

  /** Removes all listeners and tracers. */
  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }
}
