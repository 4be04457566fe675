import type { KeyStatus } from '@api-key-fallback/core';

/** A pool keeps the usage of as many keys that have left its list. */
const mostGone = 100;

/** What the keys of a manager had counted when they were last read. */
export class CountedKeys {
  /** By id. */
  #listed = new Map<string, KeyStatus>();
  /** Those that have left the list, the last one last. */
  #gone = new Map<string, KeyStatus>();

  /** What a key had counted; `undefined` if it counts from 0. */
  lastOf({ keyId, usage }: KeyStatus): KeyStatus | undefined {
    const last = this.#listed.get(keyId) ?? this.#gone.get(keyId);
    // Attempts fall only when a key comes back that the pool has forgotten.
    return last && last.usage.attempts <= usage.attempts ? last : undefined;
  }

  /** Notes that these keys have been read. */
  note(keys: readonly KeyStatus[]): void {
    // Until its key source answers, a manager has no keys, and then takes over all of those of the manager that it replaces.
    if (keys.length === 0) return;
    const listed = new Map<string, KeyStatus>();
    for (const key of keys) {
      listed.set(key.keyId, key);
      this.#listed.delete(key.keyId);
      this.#gone.delete(key.keyId);
    }
    this.#gone = new Map([...this.#gone, ...this.#listed].slice(-mostGone));
    this.#listed = listed;
  }
}
