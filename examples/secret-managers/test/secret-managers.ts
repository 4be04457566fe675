import assert from 'node:assert/strict';
import type { KeySource } from '@api-key-fallback/core';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { protos, SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { googleAuthLibrary, grpc } from 'google-gax';
import nodeVault from 'node-vault';
import { awsSecretSource } from '../aws-secret-source.ts';
import { dopplerSource } from '../doppler-source.ts';
import { googleSecretSource } from '../google-secret-source.ts';
import { nodeVaultSource } from '../node-vault-source.ts';
import { vaultSource } from '../vault-source.ts';
import type { Protocol, SecretService } from './secret-service.ts';

/** What the clients authenticate with. It must be in no log and no error either. */
export const credential = 'tok-7c1e90d2b4f8';

export interface SecretManager {
  readonly name: string;
  readonly protocol: Protocol;
  readonly http?: 2;
  /** The source of the recipe, with the real client of the service. */
  source(service: SecretService): KeySource;
  /** Whether a load that is given up ends its request. */
  readonly takesSignal: boolean;
}

const created = '2026-11-30T09:00:00.123456Z';

/** JSON 1.1, signed with SigV4. */
export const aws: Protocol = ({ method, headers, body }, service) => {
  assert.equal(method, 'POST');
  assert.equal(headers['x-amz-target'], 'secretsmanager.GetSecretValue');
  assert.equal(headers['content-type'], 'application/x-amz-json-1.1');
  const signed =
    /^AWS4-HMAC-SHA256 Credential=AKID-test\/\d{8}\/eu-west-1\/secretsmanager\/aws4_request, .*Signature=[0-9a-f]{64}$/;
  assert.match(headers.authorization ?? '', signed);
  assert.deepEqual(JSON.parse(body.toString()), { SecretId: 'production/openai' });
  const VersionId = `3f1c9a52-0000-4000-8000-${String(service.version).padStart(12, '0')}`;
  const answer = {
    ARN: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:production/openai-a1B2c3',
    Name: 'production/openai',
    VersionId,
    VersionStages: ['AWSCURRENT'],
    SecretString: service.text,
    CreatedDate: 1_796_029_200,
  };
  return { headers: { 'content-type': 'application/x-amz-json-1.1' }, body: answer };
};

/** The HTTP form of `AccessSecretVersion`. */
const google: Protocol = ({ method, url, headers }, service) => {
  assert.equal(`${method} ${url.pathname}`, 'GET /v1/projects/acme/secrets/openai/versions/latest:access');
  assert.equal(headers.authorization, `Bearer ${credential}`);
  const data = Buffer.from(service.text).toString('base64');
  return { body: { name: `projects/123/secrets/openai/versions/${service.version}`, payload: { data } } };
};

/** The transport that Google's client has by default. Each message follows 5 bytes: 0 for uncompressed, and its length. */
const googleGrpc: Protocol = ({ method, url, headers, body }, service) => {
  assert.equal(method, 'POST');
  assert.equal(url.pathname, '/google.cloud.secretmanager.v1.SecretManagerService/AccessSecretVersion');
  assert.equal(headers['content-type'], 'application/grpc');
  const { AccessSecretVersionRequest, AccessSecretVersionResponse } = protos.google.cloud.secretmanager.v1;
  const { name } = AccessSecretVersionRequest.decode(body.subarray(5));
  assert.equal(name, 'projects/acme/secrets/openai/versions/latest');
  const answer = {
    name: `projects/123/secrets/openai/versions/${service.version}`,
    payload: { data: Buffer.from(service.text) },
  };
  const message = AccessSecretVersionResponse.encode(answer).finish();
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return {
    headers: { 'content-type': 'application/grpc' },
    body: Buffer.concat([prefix, message]),
    trailers: { 'grpc-status': '0' },
  };
};

/** KV, version 2. */
export const vault: Protocol = ({ method, url, headers }, service) => {
  assert.equal(`${method} ${url.pathname}`, 'GET /v1/secret/data/openai');
  if (headers['x-vault-token'] !== credential) return { status: 403, body: { errors: ['permission denied'] } };
  const metadata = { created_time: created, custom_metadata: null, deletion_time: '', destroyed: false };
  const data = { data: service.fields, metadata: { ...metadata, version: service.version } };
  return { body: { request_id: '1', lease_id: '', renewable: false, lease_duration: 0, data, mount_type: 'kv' } };
};

const doppler: Protocol = ({ method, url, headers }, service) => {
  assert.equal(`${method} ${url.pathname}`, 'GET /v3/configs/config/secrets/download');
  assert.equal(headers.authorization, `Bearer ${credential}`);
  assert.equal(url.searchParams.get('format'), 'json');
  const names = (url.searchParams.get('secrets') ?? '').split(',');
  const secrets = Object.entries(service.fields);
  const chosen = Object.fromEntries(secrets.filter(([name]) => names.includes(name)));
  return { headers: { etag: `W/"${service.version}"` }, body: chosen };
};

/** Without it, the client asks the metadata server of the machine. */
function googleAuth(): InstanceType<typeof googleAuthLibrary.OAuth2Client> {
  const credentials = { access_token: credential, expiry_date: Date.now() + 3_600_000 };
  return new googleAuthLibrary.OAuth2Client({ credentials });
}

export const secretManagers: readonly SecretManager[] = [
  {
    name: 'AWS Secrets Manager',
    protocol: aws,
    takesSignal: true,
    source({ url }) {
      const credentials = { accessKeyId: 'AKID-test', secretAccessKey: credential };
      const client = new SecretsManagerClient({ region: 'eu-west-1', endpoint: url, credentials, maxAttempts: 1 });
      return awsSecretSource(client, 'production/openai');
    },
  },
  {
    name: 'Google Secret Manager by gRPC',
    protocol: googleGrpc,
    http: 2,
    takesSignal: true,
    source({ port }) {
      const sslCreds = grpc.credentials.createInsecure();
      const address = { apiEndpoint: '127.0.0.1', port };
      const client = new SecretManagerServiceClient({ ...address, sslCreds, authClient: googleAuth() });
      return googleSecretSource(client, 'projects/acme/secrets/openai/versions/latest');
    },
  },
  {
    name: 'Google Secret Manager by HTTP',
    protocol: google,
    takesSignal: true,
    source({ port }) {
      const authClient = googleAuth();
      const address = { apiEndpoint: '127.0.0.1', port, protocol: 'http' };
      const client = new SecretManagerServiceClient({ fallback: true, ...address, authClient });
      return googleSecretSource(client, 'projects/acme/secrets/openai/versions/latest');
    },
  },
  {
    name: 'Vault',
    protocol: vault,
    takesSignal: true,
    source: ({ url }) => vaultSource({ url, token: () => credential, mount: 'secret', path: 'openai' }),
  },
  {
    name: 'Vault by node-vault',
    protocol: vault,
    takesSignal: false,
    source: ({ url }) => nodeVaultSource(nodeVault({ endpoint: url, token: credential }), 'secret/data/openai'),
  },
  {
    name: 'Doppler',
    protocol: doppler,
    takesSignal: true,
    source: ({ url }) => dopplerSource({ url, token: credential, names: ['OPENAI_KEY_1', 'OPENAI_KEY_2'] }),
  },
];
