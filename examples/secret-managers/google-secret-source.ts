import { parseKeys, type KeySource } from '@api-key-fallback/core';
import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';

/** The keys of a secret in Google Secret Manager: `projects/…/secrets/…/versions/latest`. */
export function googleSecretSource(client: SecretManagerServiceClient, name: string): KeySource {
  return {
    name: 'Google Secret Manager',
    async load({ signal }) {
      const [answer] = await client.accessSecretVersion({ name }, { signal });
      // The name in the answer has the number of the version in place of `latest`.
      return {
        keys: parseKeys(answer.payload?.data?.toString() ?? ''),
        ...(answer.name ? { version: answer.name } : {}),
      };
    },
  };
}
