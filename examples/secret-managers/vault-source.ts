import type { ApiKeyInput, KeySource } from '@api-key-fallback/core';

export interface VaultSecret {
  /** The address of Vault, for example `https://vault.internal:8200`. */
  readonly url: string;
  /** Returns the token. It is read for each load, because tokens expire. */
  readonly token: () => string;
  /** The mount of the KV engine, version 2. */
  readonly mount: string;
  readonly path: string;
}

interface VaultAnswer {
  readonly lease_duration: number;
  readonly data: {
    readonly data: Readonly<Record<string, string>>;
    readonly metadata: { readonly version: number; readonly created_time: string; readonly deletion_time: string };
  };
}

/** The keys of a secret in HashiCorp Vault: its fields become the labels. */
export function vaultSource({ url, token, mount, path }: VaultSecret): KeySource {
  return {
    name: 'Vault',
    async load({ signal }) {
      const headers = { 'x-vault-token': token(), 'x-vault-request': 'true' };
      const response = await fetch(`${url}/v1/${mount}/data/${path}`, { headers, signal });
      if (!response.ok) throw new Error(`Vault answered ${response.status} ${response.statusText}`);
      const { data, lease_duration: leaseSeconds } = (await response.json()) as VaultAnswer;
      const keys = Object.entries(data.data).map(([label, key]): ApiKeyInput => ({ label, key }));
      // Versions start at 1 again when a secret is deleted with its metadata.
      const version = `${data.metadata.version} of ${data.metadata.created_time}`;
      // A lease comes from other engines; this one states an end for mounts with `delete_version_after`.
      const expiresAtMs = leaseSeconds > 0 ? Date.now() + 1000 * leaseSeconds : Date.parse(data.metadata.deletion_time);
      return { keys, version, ...(Number.isNaN(expiresAtMs) ? {} : { expiresAtMs }) };
    },
  };
}
