import { shown, shownKind } from '../base/check-arguments.ts';
import { errorMessage } from '../base/error-message.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { checkPoolName } from '../base/provider-name.ts';
import type { KeyManagerOptions } from '../pool/key-manager-options.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import { poolOf, registeredPools } from '../pool/pool-of.ts';

/**
 * Returns a function that finds the pool in which calls go on when the keys of this one are exhausted. A name is looked up in the
 * registry by each call, because a pool can be registered later.
 *
 * @throws InvalidOptionsError for anything but the name of another pool, or a key manager.
 */
export function fallbackOf(pool: KeyPool, fallbackTo: KeyManagerOptions['fallbackTo']): () => KeyPool | undefined {
  if (fallbackTo === undefined) return () => undefined;
  const { provider } = pool;
  if (shownKind(fallbackTo) === 'a key manager') {
    const other = poolOf(fallbackTo);
    return () => other;
  }
  if (typeof fallbackTo !== 'string') {
    const kind = shownKind(fallbackTo);
    throw new InvalidOptionsError(`"fallbackTo" must be the name of a pool, or a key manager; it is ${kind}.`);
  }
  checkPoolName('"fallbackTo"', fallbackTo);
  if (fallbackTo === pool.origin.pool) {
    throw new InvalidOptionsError(
      `"fallbackTo" must be another pool than that of the manager; it is ${shown(fallbackTo)}.`,
    );
  }
  let isReported = false;
  return () => {
    try {
      return registeredPools.find(provider, fallbackTo);
    } catch (error) {
      if (!isReported) pool.warn(`"fallbackTo" finds no keys. ${errorMessage(error)}`);
      isReported = true;
      return undefined;
    }
  };
}
