import { parseKeys, type KeySource } from '@api-key-fallback/core';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The keys of a secret in AWS Secrets Manager, given by its name or ARN. */
export function awsSecretSource(client: SecretsManagerClient, secretId: string): KeySource {
  return {
    name: 'AWS Secrets Manager',
    async load({ signal }) {
      const command = new GetSecretValueCommand({ SecretId: secretId });
      const { SecretString, VersionId } = await client.send(command, { abortSignal: signal });
      return { keys: parseKeys(SecretString ?? ''), ...(VersionId === undefined ? {} : { version: VersionId }) };
    },
  };
}
