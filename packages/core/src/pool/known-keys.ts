import { redactor } from '../base/redaction.ts';

/** Retires the keys of a pool that was dropped without `close()`. */
const dropped = new FinalizationRegistry<readonly string[]>(retire);
const secretsOf = new WeakMap<object, readonly string[]>();

/** Makes the keys of a pool known to the redactor, until `retireKeys` or until the pool is collected. */
export function registerKeys(pool: object, secrets: readonly string[]): void {
  for (const secret of secrets) redactor.add(secret);
  secretsOf.set(pool, secrets);
  dropped.register(pool, secrets, pool);
}

/** Retires the keys that were registered for a pool. */
export function retireKeys(pool: object): void {
  dropped.unregister(pool);
  retire(secretsOf.get(pool) ?? []);
  secretsOf.delete(pool);
}

function retire(secrets: readonly string[]): void {
  for (const secret of secrets) redactor.retire(secret);
}
