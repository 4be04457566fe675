import type { ApiKeyManager } from '@api-key-fallback/core';
import { closestName } from '@api-key-fallback/core/adapter';
import type { Session } from '../session.ts';
import { shownName } from '../shown-name.ts';
import { UsageError } from '../usage-error.ts';

/** Finds a manager by the name of its provider, or as `provider/pool`. */
export function findManager({ texts }: Session, managers: readonly ApiKeyManager[], name: string): ApiKeyManager {
  const pathOf = ({ provider, pool }: ApiKeyManager) => (pool === 'default' ? provider : `${provider}/${pool}`);
  const exact = managers.find((manager) => pathOf(manager) === name);
  if (exact) return exact;
  const ofProvider = managers.filter(({ provider }) => provider === name);
  const [only] = ofProvider;
  if (only && ofProvider.length === 1) return only;
  const names = (only ? ofProvider : managers).map(pathOf);
  if (only) throw new UsageError(texts.operate.manyPools(shownName(name), names.join(', ')));
  throw new UsageError(texts.operate.noManager(shownName(name), closestName(name, names), names.join(', ')));
}
