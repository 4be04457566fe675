import { registry, type Runtime } from '@api-key-fallback/core';

const afterMs = 60_000;

/**
 * Writes one line if the registry has no key manager after a minute: until then, nothing else would say so. Returns the function that
 * cancels this.
 */
export function warnOfEmptyRegistry({ timer }: Pick<Runtime, 'timer'>, warn: (text: string) => void): () => void {
  const check = (): void => {
    if (registry.managers().length > 0) return;
    warn(
      'No key manager is watched yet. One that you made with `new` is watched only if you register it or pass it as `managers`.',
    );
  };
  return timer(afterMs, check, true);
}
