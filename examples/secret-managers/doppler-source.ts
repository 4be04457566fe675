import type { KeySource } from '@api-key-fallback/core';

export interface DopplerSecrets {
  /** A service token, which stands for one project and config. */
  readonly token: string;
  /** The names of the secrets, in the order of the keys. They become the labels. */
  readonly names: readonly string[];
  readonly url?: string;
}

/** The keys of a Doppler config. */
export function dopplerSource({ token, names, url = 'https://api.doppler.com' }: DopplerSecrets): KeySource {
  const query = new URLSearchParams({ format: 'json', secrets: names.join(',') }).toString();
  return {
    name: 'Doppler',
    async load({ signal }) {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${url}/v3/configs/config/secrets/download?${query}`, { headers, signal });
      if (!response.ok) throw new Error(`Doppler answered ${response.status} ${response.statusText}`);
      const secrets = (await response.json()) as Readonly<Record<string, string>>;
      const version = response.headers.get('etag');
      const keys = names.map((name) => ({ label: name, key: secrets[name] ?? '' }));
      return { keys, ...(version === null ? {} : { version }) };
    },
  };
}
