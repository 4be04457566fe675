import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProviderServer, type ProviderServer } from '@api-key-fallback/testing';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { RecipeProcess, recipes } from './recipe-process.ts';

const [first, second] = ['sk-example-first-00001', 'sk-example-second-0001'] as const;
const app = join(recipes, 'next');
const telemetry = { NEXT_TELEMETRY_DISABLED: '1' };

let provider: ProviderServer;
let stateDir: string;

function next(args: readonly string[], env: Readonly<Record<string, string>>): RecipeProcess {
  return new RecipeProcess([join(recipes, 'node_modules/next/dist/bin/next'), ...args], { ...telemetry, ...env }, app);
}

/** Starts the built application. */
function startServer(
  keys: Readonly<Record<string, string>> = { OPENAI_API_KEY: first, OPENAI_API_KEY_2: second },
): RecipeProcess {
  const env = { ...keys, OPENAI_BASE_URL: provider.openaiBaseURL, API_KEY_STATE_DIR: stateDir };
  return next(['start', '--port', '0', '--hostname', '127.0.0.1'], env);
}

async function post(server: RecipeProcess, prompt: string, signal?: AbortSignal): Promise<Response> {
  const url = await server.waitFor(/Local: +(\S+)/);
  return fetch(`${url}/chat`, { method: 'POST', body: prompt, ...(signal ? { signal } : {}) });
}

beforeAll(async () => {
  // No key: a build must not need one.
  await using build = next(['build'], {});
  assert.equal(await build.exit(), 0, build.output);
}, 180_000);
beforeEach(async () => {
  provider = await startProviderServer({ keys: { [second]: ['ok'] } });
  stateDir = await mkdtemp(join(tmpdir(), 'next-'));
});
afterEach(async () => {
  await provider.close();
  await rm(stateDir, { recursive: true });
});

it('next: falls over before the first byte, and a restarted server knows the refused key', async () => {
  {
    await using server = startServer();
    const response = await post(server, 'Bom dia');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('You said: Bom dia');
    // The exit code of Next.js after SIGTERM.
    expect(await server.end()).toBe(143);
  }
  await using server = startServer();
  expect(await (await post(server, 'Boa noite')).text()).toBe('You said: Boa noite');
  expect(provider.requestCount(first)).toBe(1);
});

it('next: streams, and ends the request to the provider when the browser leaves', async () => {
  const delta = JSON.stringify({ choices: [{ index: 0, delta: { content: 'Bom' } }] });
  provider.script(first, ['hang']);
  await using server = startServer();
  const before = new AbortController();
  const early = post(server, 'Bom dia', before.signal);
  await vi.waitFor(() => expect(provider.openCount).toBe(1), 10_000);
  before.abort();
  await expect(early).rejects.toThrow(/abort/i);
  await vi.waitFor(() => expect(provider.openCount).toBe(0), 10_000);

  provider.script(first, [{ chunks: [`data: ${delta}\n\n`], ending: 'hang' }]);
  const during = new AbortController();
  const response = await post(server, 'Bom dia', during.signal);
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  expect(new TextDecoder().decode(value)).toBe('Bom');
  expect(provider.openCount).toBe(1);
  during.abort();
  await vi.waitFor(() => expect(provider.openCount).toBe(0), 10_000);
  expect(provider.requestCount(second)).toBe(0);
});

it('next: answers 503 with Retry-After before the first byte when all keys wait', async () => {
  for (const key of [first, second]) {
    provider.script(key, [{ status: 429, headers: { 'retry-after': '30' }, body: {} }]);
  }
  await using server = startServer();
  const response = await post(server, 'Bom dia');
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toMatch(/^(?:2\d|30)$/);
  expect(await response.text()).toBe('rate-limited');
});

it('next: says at the start that no key is there', async () => {
  await using server = startServer({ OPENAI_API_KEY: '', OPENAI_API_KEY_2: '' });
  await server.waitFor(/Failed to prepare server NoApiKeysError: .*No API key found/);
  expect((await post(server, 'Bom dia')).status).toBe(500);
});
