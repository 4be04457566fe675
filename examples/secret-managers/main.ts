// Loads keys from a secret manager and shows their names. Run one of:
//   node main.ts aws production/openai
//   node main.ts google projects/acme/secrets/openai/versions/latest
//   node main.ts vault openai                          with VAULT_ADDR and VAULT_TOKEN
//   node main.ts doppler OPENAI_KEY_1 OPENAI_KEY_2     with DOPPLER_TOKEN
import type { KeySource } from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { awsSecretSource } from './aws-secret-source.ts';
import { dopplerSource } from './doppler-source.ts';
import { googleSecretSource } from './google-secret-source.ts';
import { vaultSource } from './vault-source.ts';

const [service = '', ...names] = process.argv.slice(2);
const [name = ''] = names;
const { VAULT_ADDR: url = 'http://127.0.0.1:8200', VAULT_TOKEN = '', DOPPLER_TOKEN = '' } = process.env;

const sources: Readonly<Record<string, () => KeySource>> = {
  // Both clients find their credentials, and AWS its region, as they do everywhere.
  aws: () => awsSecretSource(new SecretsManagerClient(), name),
  google: () => googleSecretSource(new SecretManagerServiceClient(), name),
  vault: () => vaultSource({ url, token: () => VAULT_TOKEN, mount: 'secret', path: name }),
  doppler: () => dopplerSource({ token: DOPPLER_TOKEN, names }),
};

const source = sources[service]?.();
if (!source) throw new Error(`Write the service first: ${Object.keys(sources).join(', ')}.`);
const manager = new OpenAIKeyManager(source);
await manager.refreshKeys();
const labels = manager.status().keys.map(({ label }) => label);
console.log(`${source.name}: ${labels.join(', ')}`);
await manager.close();
