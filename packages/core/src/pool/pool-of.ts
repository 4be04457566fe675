import { shownKind } from '../base/check-arguments.ts';
import { InvalidOptionsError } from '../base/errors.ts';
import { readField } from '../base/read-field.ts';
import type { KeyPool } from './key-pool.ts';

/** Where a key manager, and an attempt, have their pool. */
export const poolSlot: unique symbol = Symbol.for('@api-key-fallback/core/pool@1') as never;

/** Lets {@link poolOf} find the pool of a key manager, also of one made by another copy of this package. */
export function attachPool(manager: object, pool: KeyPool): void {
  Object.defineProperty(manager, poolSlot, { value: pool });
}

/** The pool behind a key manager. @throws InvalidOptionsError for anything else. */
export function poolOf(manager: unknown): KeyPool {
  const pool =
    typeof manager === 'object' && manager !== null ? (manager as { [poolSlot]?: KeyPool })[poolSlot] : undefined;
  if (pool) return pool;
  const kind = typeof readField(manager, 'classifyError') === 'function' ? 'an adapter' : shownKind(manager);
  throw new InvalidOptionsError(
    `Expected a key manager, such as OpenAIKeyManager.fromEnv(); the value is ${kind}.${adviceFor[kind] ?? ''}`,
  );
}

/** Finds the pool of a registered manager. Set by the registry, because to import it here would be a cycle. */
export const registeredPools: { find(provider: string, pool: string): KeyPool | undefined } = { find: () => undefined };

const adviceFor: Readonly<Record<string, string>> = {
  'a class': ' Write new OpenAIKeyManager(keys), with your class and keys.',
  'an adapter': ' Write new ApiKeyManager(adapter, keys).',
  'a list': ' Write new OpenAIKeyManager(keys).',
  'a function': ' The manager comes before the function.',
  'of type string': " registry.get('openai') returns the manager of a provider.",
};
