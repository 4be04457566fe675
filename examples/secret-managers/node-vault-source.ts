import type { ApiKeyInput, KeySource } from '@api-key-fallback/core';
import type { client as VaultClient } from 'node-vault';

interface VaultAnswer {
  readonly data: {
    readonly data: Readonly<Record<string, string>>;
    readonly metadata: { readonly version: number; readonly created_time: string };
  };
}

/** The keys of a secret in HashiCorp Vault, read by `node-vault`: `secret/data/openai`. */
export function nodeVaultSource(client: VaultClient, path: string): KeySource {
  return {
    name: 'Vault',
    async load() {
      // This client takes no signal.
      const { data } = (await client.read(path, { timeout: 10_000 })) as VaultAnswer;
      const keys = Object.entries(data.data).map(([label, key]): ApiKeyInput => ({ label, key }));
      return { keys, version: `${data.metadata.version} of ${data.metadata.created_time}` };
    },
  };
}
