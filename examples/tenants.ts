// Serves two tenants with keys of their own. Needs no key: a server on this machine plays OpenAI.
// Run: npx pnpm@12 example examples/tenants.ts
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  AllKeysFailedError,
  injectKeys,
  registry,
  retryWithApiKeyFallback,
  type ApiClient,
} from '@api-key-fallback/core';
import { OpenAIKeyManager } from '@api-key-fallback/openai';
import { startProviderServer } from '@api-key-fallback/testing';

/** The keys of each tenant. A service would read them from its database. */
const keysOf: Readonly<Record<string, readonly string[]>> = {
  acme: ['sk-demo-acme-first-51c0', 'sk-demo-acme-second-9e2f'],
  globex: ['sk-demo-globex-only-7d14'],
};
const [first = '', second = ''] = keysOf['acme'] ?? [];
const [only = ''] = keysOf['globex'] ?? [];
await using server = await startProviderServer({
  keys: { [first]: ['quota-exhausted'], [second]: ['ok'], [only]: ['ok', 'rate-limited'] },
});

registry.unregister('openai', 'default'); // a call without a tenant is an error
// The manager of a tenant is made by its first call, and closed when it is idle.
registry.registerPools('openai', (pool) => {
  const keys = keysOf[pool];
  const clientOptions = { baseURL: server.openaiBaseURL };
  return keys && new OpenAIKeyManager(keys, { pool, clientOptions, logger: false });
});

const tenant = new AsyncLocalStorage<string>();

class ChatService {
  @retryWithApiKeyFallback({ provider: 'openai', inject: 'client', maxRetries: 1, pool: () => tenant.getStore() })
  async chat(client: ApiClient<'openai'>, prompt: string): Promise<string> {
    const { choices } = await client.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: prompt }],
    });
    return choices[0]?.message.content ?? '';
  }
}

const service = injectKeys(new ChatService());

async function serve(name: string, prompt: string): Promise<void> {
  try {
    console.log(`${name}: ${await tenant.run(name, () => service.chat(prompt))}`);
  } catch (error) {
    if (!AllKeysFailedError.isInstance(error)) console.log(`${name}: ${(error as Error).message}`);
    else console.log(`${name}: no key left in the pool "${error.pool}" (${error.reason})`);
  }
}

await serve('acme', 'Olá'); // its first key has no quota left, its second one serves
await serve('globex', 'Olá');
await serve('globex', 'Olá'); // its only key is limited; the keys of acme are not touched
await serve('initech', 'Olá'); // not a tenant

for (const pool of registry.pools('openai')) {
  for (const { label, state, usage } of registry.get('openai', pool).status().keys) {
    console.log(`${pool}, ${label}: ${state}, ${usage.attempts} attempts`);
  }
}
