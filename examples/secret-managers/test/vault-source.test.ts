import { afterEach, expect, it, vi } from 'vitest';
import { vaultSource } from '../vault-source.ts';
import { SecretService } from './secret-service.ts';

const now = Date.UTC(2026, 10, 30, 9);
const metadata = { version: 1, created_time: '2026-11-30T09:00:00.123456789Z', deletion_time: '' };
const context = { signal: new AbortController().signal, reason: 'start' } as const;

afterEach(() => void vi.useRealTimers());

it.each<[string, number, string, number | undefined]>([
  ['nothing of a secret without an end', 0, '', undefined],
  ['the end of a version', 0, '2026-12-01T09:00:00.123456789Z', now + 86_400_123],
  ['the end of a lease', 3600, '', now + 3_600_000],
])('states %s', async (_what, leaseSeconds, deletionTime, expiresAtMs) => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  const data = { data: { main: 'sk-test-4f9a81c2e07b' }, metadata: { ...metadata, deletion_time: deletionTime } };
  await using service = await SecretService.start({}, () => ({ body: { lease_duration: leaseSeconds, data } }));
  const source = vaultSource({ url: service.url, token: () => 'tok-7c1e90d2b4f8', mount: 'kv', path: 'openai' });
  expect(await source.load(context)).toEqual({
    keys: [{ label: 'main', key: 'sk-test-4f9a81c2e07b' }],
    version: '1 of 2026-11-30T09:00:00.123456789Z',
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
  });
});

it('asks for the token at each load', async () => {
  const tokens: unknown[] = [];
  await using service = await SecretService.start({}, ({ headers }) => {
    tokens.push(headers['x-vault-token']);
    return { body: { lease_duration: 0, data: { metadata, data: {} } } };
  });
  let token = 'tok-1';
  const source = vaultSource({ url: service.url, token: () => token, mount: 'kv', path: 'openai' });
  await source.load(context);
  token = 'tok-2';
  await source.load(context);
  expect(tokens).toEqual(['tok-1', 'tok-2']);
});
