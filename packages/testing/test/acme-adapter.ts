import { customProvider } from '@api-key-fallback/core';
import { defineAdapter } from '@api-key-fallback/core/adapter';
import { vi, type Mock } from 'vitest';

export const acme = customProvider('acme');

/** An adapter whose errors core classifies. */
export const acmeAdapter = defineAdapter({
  name: acme,
  displayName: 'Acme',
  env: 'ACME_API_KEY',
  createClient: (secret, options) => ({ secret, options }),
  classifyError: () => undefined,
});

/** The error of a client for this response. */
export function refusal(status: number, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(`HTTP ${status}`), { status, headers });
}

/** A function that fails with these errors, one per attempt, then returns its key. */
export function failing(...errors: readonly Error[]): Mock<(key: string) => Promise<string>> {
  const rest = [...errors];
  return vi.fn<(key: string) => Promise<string>>(async (key) => {
    const error = rest.shift();
    if (error) throw error;
    return key;
  });
}
