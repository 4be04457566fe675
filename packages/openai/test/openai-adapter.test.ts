import { startProviderServer } from '@api-key-fallback/testing';
import type { ClientOptions } from 'openai';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { evaluateModule } from '../../../test-support/evaluate-module.ts';
import { openaiAdapter } from '../src/index.ts';
import { key, makeClient } from './provoke-openai-error.ts';

/** Returns the request headers of one call. */
async function sentHeaders(options: ClientOptions = {}): Promise<Headers> {
  const server = await startProviderServer({ otherwise: 'ok' });
  const sent: Headers[] = [];
  const fetchAndRecord: typeof fetch = (input, init) => {
    sent.push(new Headers(init?.headers));
    return fetch(input, init);
  };
  try {
    const client = await makeClient({ ...options, baseURL: server.openaiBaseURL, fetch: fetchAndRecord });
    await client.get('/models');
  } finally {
    await server.close();
  }
  expect(sent).toHaveLength(1);
  return sent[0] ?? new Headers();
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a client', () => {
  it('sends its key and uses the given options', async () => {
    const headers = await sentHeaders({ defaultHeaders: { 'x-service': 'chat' } });
    expect(headers.get('authorization')).toBe(`Bearer ${key}`);
    expect(headers.get('x-service')).toBe('chat');
  });

  it('ignores `apiKey` and `maxRetries` in the options', async () => {
    const client = await makeClient({ apiKey: 'sk-another-0123456789', maxRetries: 5 });
    expect(client.apiKey).toBe(key);
    expect(client.maxRetries).toBe(0);
  });

  it.each(['rate-limited', 'server-error', 'unavailable', 'reset'] as const)(
    'sends one request when the response is %s',
    async (step) => {
      const server = await startProviderServer({ otherwise: step });
      try {
        const client = await makeClient({ baseURL: server.openaiBaseURL, maxRetries: 5 });
        await expect(client.models.list()).rejects.toBeInstanceOf(Error);
        expect(server.requestCount()).toBe(1);
      } finally {
        await server.close();
      }
    },
  );
});

describe('the environment', () => {
  beforeEach(() => {
    vi.stubEnv('OPENAI_ORG_ID', 'org-of-the-environment');
    vi.stubEnv('OPENAI_PROJECT_ID', 'proj-of-the-environment');
    vi.stubEnv('OPENAI_ADMIN_KEY', 'sk-admin-0123456789abcdefghij');
    vi.stubEnv('OPENAI_API_KEY', 'sk-env-0123456789abcdefghij');
  });

  it('is not a source of the organisation and project', async () => {
    const headers = await sentHeaders();
    expect(headers.get('authorization')).toBe(`Bearer ${key}`);
    expect(headers.has('openai-organization')).toBe(false);
    expect(headers.has('openai-project')).toBe(false);
  });

  it('is not a source of the admin key, even for admin endpoints', async () => {
    const client = await makeClient({ baseURL: 'http://127.0.0.1:1/v1' });
    await expect(client.admin.organization.projects.list()).rejects.toThrow('Could not resolve authentication method');
  });

  it('does not override an organisation and project from the options', async () => {
    const headers = await sentHeaders({ organization: 'org-mine', project: 'proj-mine' });
    expect(headers.get('openai-organization')).toBe('org-mine');
    expect(headers.get('openai-project')).toBe('proj-mine');
  });
});

it('has the names, variable and key pattern of OpenAI', () => {
  expect(openaiAdapter).toMatchObject({ name: 'openai', displayName: 'OpenAI', env: 'OPENAI_API_KEY' });
  expect(openaiAdapter.keyPattern?.test(key)).toBe(true);
  expect(openaiAdapter.keyPattern?.test('AIzaSyA')).toBe(false);
});

it('loads the SDK with the first client, not on import', async () => {
  const script = `
    import { registerHooks } from 'node:module';
    let loaded = 0;
    registerHooks({
      load(url, context, next) {
        if (/node_modules\\/openai\\//.test(url)) loaded++;
        return next(url, context);
      },
    });
    const { openaiAdapter, OpenAIKeyManager } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url))});
    new OpenAIKeyManager(['${key}'], { logger: false });
    const afterImport = loaded;
    await openaiAdapter.createClient('${key}');
    process.stdout.write(JSON.stringify({ afterImport, afterClient: loaded > 0 }));
  `;
  expect(await evaluateModule(script, import.meta.dirname)).toEqual({ afterImport: 0, afterClient: true });
});
