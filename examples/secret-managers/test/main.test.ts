import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { aws, credential, vault } from './secret-managers.ts';
import { SecretService } from './secret-service.ts';

const main = join(import.meta.dirname, '../main.ts');
const keys = { OPENAI_KEY_1: 'sk-test-4f9a81c2e07b', OPENAI_KEY_2: 'sk-test-90b3f6a1d52c' };

async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...args], { env, timeout: 20_000 });
  return stdout + stderr;
}

it('shows the names of the keys in AWS Secrets Manager', async () => {
  await using service = await SecretService.start(keys, aws);
  const credentials = { AWS_ACCESS_KEY_ID: 'AKID-test', AWS_SECRET_ACCESS_KEY: credential, AWS_REGION: 'eu-west-1' };
  const output = await run(['aws', 'production/openai'], {
    ...credentials,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: service.url,
  });
  expect(output).toContain('AWS Secrets Manager: OPENAI_KEY_1, OPENAI_KEY_2\n');
  expect(output).not.toMatch(/sk-test/);
});

it('shows the names of the keys in Vault', async () => {
  await using service = await SecretService.start(keys, vault);
  const output = await run(['vault', 'openai'], { VAULT_ADDR: service.url, VAULT_TOKEN: credential });
  expect(output).toContain('Vault: OPENAI_KEY_1, OPENAI_KEY_2\n');
  expect(output).not.toMatch(/sk-test/);
});

it('says which services there are', async () => {
  await expect(run(['gcp'], {})).rejects.toThrow('Write the service first: aws, google, vault, doppler.');
});
