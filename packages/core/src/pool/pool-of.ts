import { InvalidOptionsError } from '../base/errors.ts';
import type { KeyPool } from './key-pool.ts';

const slot = Symbol.for('@api-key-fallback/core/pool@1');

/** Lets {@link poolOf} find the pool of a key manager, also of one made by another copy of this package. */
export function attachPool(manager: object, pool: KeyPool): void {
  Object.defineProperty(manager, slot, { value: pool });
}

/** The pool behind a key manager. @throws InvalidOptionsError for anything else. */
export function poolOf(manager: unknown): KeyPool {
  const pool = typeof manager === 'object' && manager !== null ? (manager as { [slot]?: KeyPool })[slot] : undefined;
  if (pool) return pool;
  throw new InvalidOptionsError(
    `Expected a key manager, such as OpenAIKeyManager.fromEnv(); this is of type ${typeof manager}.`,
  );
}
