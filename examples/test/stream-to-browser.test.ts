import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { startExample } from './run-example.ts';

const [first, second] = ['sk-example-first-00001', 'sk-example-second-0001'] as const;

let provider: ProviderServer;
let service: ChildProcess;
let url: string;

beforeAll(async () => {
  provider = await startProviderServer({ otherwise: 'ok' });
  service = startExample('stream-to-browser.ts', {
    OPENAI_BASE_URL: provider.openaiBaseURL,
    OPENAI_API_KEY: first,
    OPENAI_API_KEY_2: second,
    PORT: '0',
  });
  const [line] = (await once(service.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer];
  url = /http:\S+/.exec(String(line))?.[0] ?? '';
});
beforeEach(() => {
  for (const key of [first, second]) provider.script(key, ['ok']);
});
afterAll(async () => {
  service.kill();
  await provider.close();
});

it('stream-to-browser: falls over before the first byte', async () => {
  provider.script(first, ['invalid-key']);
  const response = await fetch(`${url}?prompt=Bom%20dia`);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe('You said: Bom dia');
});

it('stream-to-browser: ends the request to the provider when the browser leaves', async () => {
  provider.script(second, ['hang']);
  const gone = new AbortController();
  const response = fetch(url, { signal: gone.signal });
  await vi.waitFor(() => expect(provider.openCount).toBe(1));
  gone.abort();
  await expect(response).rejects.toThrow(/abort/i);
  await vi.waitFor(() => expect(provider.openCount).toBe(0));
});

it('stream-to-browser: answers 503 with Retry-After before the first byte when no key is left', async () => {
  provider.script(second, [{ status: 429, headers: { 'retry-after': '30' }, body: {} }]);
  const response = await fetch(url);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toMatch(/^(?:29|30)$/);
});
