import {
  ApiKeyManager,
  customProvider,
  registry,
  type CustomProvider,
  type KeyManagerOptions,
} from '@api-key-fallback/core';
import { defineAdapter, type ProviderAdapter } from '@api-key-fallback/core/adapter';
import { startAnsweringServer, type AnsweringServer } from '../../../../test-support/start-answering-server.ts';

export const acme: CustomProvider<'acme'> = customProvider('acme');

/** Leaves each status to the rules of core. */
export const acmeAdapter: ProviderAdapter = defineAdapter({
  name: acme,
  displayName: 'Acme',
  env: 'ACME_API_KEY',
  classifyError: () => undefined,
});

export const acmeKeys = ['1', '2', '3'].map((number) => ({
  key: `acme-Zx7Wq5Cv3Bn1Mk9J-${number}`,
  label: `ACME_KEY_${number}`,
}));

export function acmeManager(options: KeyManagerOptions = {}): ApiKeyManager {
  return new ApiKeyManager(acmeAdapter, acmeKeys, { logger: false, store: false, ...options });
}

/** Registers a manager of Acme. */
export function registerAcme(options?: KeyManagerOptions): ApiKeyManager {
  const manager = acmeManager(options);
  registry.register(manager);
  return manager;
}

/** Starts a server that answers each key with its statuses in turn, and with 200 from then on. */
export function startAcme(statuses: Readonly<Record<string, readonly number[]>> = {}): Promise<AnsweringServer> {
  const left = new Map(Object.entries(statuses).map(([number, all]) => [number, [...all]]));
  return startAnsweringServer((request, response) => {
    const number = request.headers.authorization?.at(-1) ?? '';
    response.writeHead(left.get(number)?.shift() ?? 200).end('an answer');
  });
}

/** Sends one request with a key. */
export async function ask(url: string, apiKey: string): Promise<string> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${apiKey}` } });
  const text = await response.text();
  if (!response.ok) throw Object.assign(new Error(`acme refused ${apiKey}`), { status: response.status });
  return text;
}
