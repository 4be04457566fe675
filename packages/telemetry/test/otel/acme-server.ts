import { registry } from '@api-key-fallback/core';
import type { TestKeyManager, TestManagerOptions } from '@api-key-fallback/testing';
import { startAnsweringServer, type AnsweringServer } from '../../../../test-support/start-answering-server.ts';
import { acmeManager } from '../acme-manager.ts';

export const serverKeys = ['1', '2', '3'].map((number) => ({
  key: `acme-Zx7Wq5Cv3Bn1Mk9J-${number}`,
  label: `ACME_KEY_${number}`,
}));

/** Registers a manager of the keys of the server. */
export function registerAcme(options?: TestManagerOptions): TestKeyManager {
  const manager = acmeManager({ keys: serverKeys, ...options });
  registry.register(manager);
  return manager;
}

/** Starts a server that answers each key with its statuses in turn, and with 200 from then on. */
export function startAcmeServer(statuses: Readonly<Record<string, readonly number[]>> = {}): Promise<AnsweringServer> {
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
