import { shownKind } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { readField } from '../base/read-field.ts';
import type { KeyRef } from '../events/key-ref.ts';
import type { KeyPool } from '../pool/key-pool.ts';
import type { PooledKey } from '../state/pooled-key.ts';

/**
 * A key of a manager: in plain text, or by its `keyId`. The `key` of an event, and an entry of `status().keys`, can be passed as they are.
 *
 * @example
 * const choice: KeyChoice = { keyId: manager.status().keys[0].keyId };
 * manager.disable(choice, { actor: 'ana' });
 */
export type KeyChoice = string | Pick<KeyRef, 'keyId'>;

/** @throws InvalidOptionsError for a key that is not in the list; `method` says who asked. */
export function findKey(pool: KeyPool, secret: string, method: string): PooledKey {
  const key = pool.find(secret);
  if (key) return key;
  throw notFound(pool, method, 'the given key is not in its list.');
}

/** @throws InvalidOptionsError for a key that is not in the list, or anything else; `method` says who asked. It shows nothing of it. */
export function chosenKey(pool: KeyPool, choice: KeyChoice, method: string): PooledKey {
  const isText = typeof choice === 'string';
  const keyId: unknown = isText ? choice : readField(choice, 'keyId');
  if (typeof keyId !== 'string') throw notAKey(pool, choice, method);
  const byId = pool.list.findById(keyId);
  if (!isText && byId) return byId;
  if (!isText) throw notFound(pool, method, 'no key in its list has the given keyId. Read it from status().keys.');
  if (byId) throw notFound(pool, method, `the given text is a keyId. Write ${method}({ keyId }).`);
  return findKey(pool, choice, method);
}

function notFound({ provider }: KeyPool, method: string, why: string): InvalidOptionsError {
  return new InvalidOptionsError(`${method}() expects a key of "${provider}"; ${why}`);
}

function notAKey({ provider }: KeyPool, choice: unknown, method: string): InvalidOptionsError {
  const kind = shownKind(choice);
  const what = kind === 'of type object' ? 'an object without a keyId' : kind;
  return new InvalidOptionsError(
    `${method}() expects a key of "${provider}", in plain text or as { keyId }; the given value is ${what}.`,
  );
}
