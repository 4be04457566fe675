import type { KeyRef } from '@api-key-fallback/core';

/** The value of the label `key`: the key's label, its position in the list, its fingerprint, or `none` for no label. */
export type KeyLabel = 'label' | 'ordinal' | 'id' | 'none';

export const keyLabels: readonly KeyLabel[] = ['label', 'ordinal', 'id', 'none'];

/** Every name is a series, and a service can have thousands of tenants or keys. */
const mostNames = 100;
const otherName = 'other';

/** The name of a key; `undefined` for none. */
export function nameOfKey({ label, ordinal, keyId }: KeyRef, by: KeyLabel): string | undefined {
  if (by === 'none') return undefined;
  if (by === 'ordinal') return String(ordinal);
  return by === 'label' ? label : keyId;
}

/** Lets the first hundred names of each provider pass; all others become "other". Which ones they are lasts from round to round. */
export class SeriesNames {
  /** Provider → the id of each name → the round in which it has passed last. */
  readonly #passed = new Map<string, Map<string, number>>();
  #round = 0;

  /** @param id What makes the name unique at the provider. */
  pass(provider: string, name: string, id: string = name): string {
    const passed = this.#passed.get(provider) ?? new Map<string, number>();
    this.#passed.set(provider, passed);
    if (passed.size >= mostNames && !passed.has(id)) return otherName;
    passed.set(id, this.#round);
    return name;
  }

  /** Begins a round. */
  begin(): void {
    this.#round++;
  }

  /** Ends the round: names that have not passed in it make room for others. */
  end(): void {
    for (const passed of this.#passed.values()) {
      for (const [id, round] of passed) if (round < this.#round) passed.delete(id);
    }
  }
}
