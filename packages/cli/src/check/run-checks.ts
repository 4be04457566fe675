import type { ApiKeyManager, CheckKeysOptions, KeyCheck } from '@api-key-fallback/core';

/** The result of a check, with the provider and the pool of the key. */
export interface CheckedKey extends KeyCheck {
  readonly provider: string;
  readonly displayName: string;
  readonly pool: string;
}

interface RunOptions extends CheckKeysOptions {
  /** Called before the first check and after each one. */
  readonly onProgress: (done: number, total: number) => void;
}

/** Checks the keys of all managers, side by side. Returns the results in their order. */
export async function runChecks(
  managers: readonly ApiKeyManager[],
  { onProgress, ...options }: RunOptions,
): Promise<readonly CheckedKey[]> {
  await Promise.all(managers.map((manager) => manager.ready()));
  const total = managers.reduce((sum, manager) => sum + manager.status().keys.length, 0);
  let done = 0;
  onProgress(done, total);
  const checkOne = async (manager: ApiKeyManager): Promise<readonly CheckedKey[]> => {
    const stop = manager.on('key.checked', () => onProgress(++done, total));
    const { provider, pool } = manager;
    const { displayName } = manager.status();
    try {
      return (await manager.checkKeys(options)).map((check) => ({ provider, displayName, pool, ...check }));
    } finally {
      stop();
    }
  };
  return (await Promise.all(managers.map(checkOne))).flat();
}
