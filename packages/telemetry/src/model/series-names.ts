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

/** Lets the first hundred names of each provider pass; all others become "other". */
export class SeriesNames {
  readonly #passed = new Map<string, Set<string>>();

  /** @param id What makes the name unique at the provider. */
  pass(provider: string, name: string, id: string = name): string {
    const passed = this.#passed.get(provider) ?? new Set<string>();
    this.#passed.set(provider, passed);
    if (passed.has(id)) return name;
    if (passed.size >= mostNames) return otherName;
    passed.add(id);
    return name;
  }
}
