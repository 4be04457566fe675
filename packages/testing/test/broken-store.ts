import type { MinimalStore } from './minimal-store.ts';

/** A subject of the suite with one fault. */
export interface BrokenStore {
  readonly name: string;
  readonly Store: typeof MinimalStore;
  /** Every check that must fail; no other may. */
  readonly fails: readonly string[];
}
