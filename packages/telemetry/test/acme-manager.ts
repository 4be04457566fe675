import { customProvider, KeyFailedError, type ApiKeyManager, type KeyFailure } from '@api-key-fallback/core';
import { defineAdapter, readField, statedUsage } from '@api-key-fallback/core/adapter';
import { createTestManager, type TestKeyManager, type TestManagerOptions } from '@api-key-fallback/testing';

export const acme = customProvider('acme');

export const acmeAdapter = defineAdapter({
  name: acme,
  displayName: 'Acme',
  env: 'ACME_API_KEY',
  classifyError: () => undefined,
  usageOf: (answer) =>
    statedUsage({ inputTokens: readField(answer, 'read'), outputTokens: readField(answer, 'written') }),
});

/** An answer that states 120 tokens of input and 30 of output. */
export const statingAnswer = async (): Promise<object> => ({ read: 120, written: 30 });

/** The key with a label. */
export function acmeKey(label: string): { readonly key: string; readonly label: string } {
  return { key: `${label}:0123456789abcdef`, label };
}

/** Keys with the labels `k1`, `k2`, … */
export function acmeKeys(count: number): ReturnType<typeof acmeKey>[] {
  return Array.from({ length: count }, (_, index) => acmeKey(`k${index + 1}`));
}

/** A manager of the keys `main` and `spare` on a clock of its own. */
export function acmeManager(options: TestManagerOptions = {}): TestKeyManager {
  return createTestManager(acmeAdapter, { keys: [acmeKey('main'), acmeKey('spare')], ...options });
}

/** Makes a call in which the keys with these labels fail. It may fail too. */
export async function callWhile(
  manager: ApiKeyManager,
  failing: Readonly<Record<string, KeyFailure>> = {},
): Promise<void> {
  const call = manager.retryWithFallback(
    (key) => {
      const failure = failing[key.split(':')[0] ?? ''];
      if (failure) throw new KeyFailedError(failure);
      return 'answer';
    },
    { maxRetries: 1 },
  );
  await call.catch(() => {});
}
