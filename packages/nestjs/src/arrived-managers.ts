import { registry, type ApiKeyManager } from '@api-key-fallback/core';

/** The managers that have come to the registry while applications run, such as the default one of an adapter at its first use. */
class ArrivedManagers {
  #applications = 0;
  #arrived = new Set<ApiKeyManager>();
  #stop: (() => void) | undefined;

  /** An application begins. */
  enter(): void {
    this.#applications++;
    this.#stop ??= registry.on('registered', ({ manager }) => this.#arrived.add(manager));
  }

  /** An application ends. Returns what the last one has to close. */
  leave(): ApiKeyManager[] {
    this.#applications--;
    if (this.#applications > 0) return [];
    this.#stop?.();
    this.#stop = undefined;
    const arrived = this.#arrived;
    this.#arrived = new Set();
    return registry.managers().filter((manager) => arrived.has(manager));
  }
}

/** Those of this process: several applications can share the registry. */
export const arrivedManagers: ArrivedManagers = new ArrivedManagers();
